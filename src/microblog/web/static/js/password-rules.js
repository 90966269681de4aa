// Says while a password is typed what the server would refuse, as far as a page can know it, and whether both are the
// same. It never calls a password good: only the server knows the common ones. Without this script the server says it all.
const SITE_NAME = 'microblog';
const LONGEST = 1024;
const length = (text) => [...text.normalize('NFC')].length; // as the server counts
const characters = (number) => `${number} more character${number === 1 ? '' : 's'}`;
const bare = (text) => text.toLowerCase().replaceAll('ß', 'ss').replace(/[^\p{L}\p{N}]/gu, '');

// The words somebody would build a password of, from what the same form says of them; as auth/passwords.py has it.
const wordsOf = (form) => {
  const told = [...form.querySelectorAll('[name=username], [name=email]')].map((field) => field.value);
  const parts = told.flatMap((text) => [text, ...text.split(/[@.]/)]).map(bare);
  return [SITE_NAME, ...parts.filter((word) => [...word].length >= 4)];
};
const isAbout = (text, words) => {
  const plain = bare(text);
  return words.some((word) => plain.includes(word) && length(plain.replaceAll(word, '')) * 2 <= length(word));
};

const rulesFor = (text, shortest, words) => {
  const left = shortest - length(text);
  if (!text) return '';
  if (left > 0) return characters(left);
  if (length(text) > LONGEST) return `Too long: at most ${LONGEST} characters`;
  if (isAbout(text, words)) return 'Little more than your name, your address or the name of this site';
  return 'Long enough, not checked yet';
};
const same = (text, first) => {
  if (text === first) return text && 'The same as above';
  return first.startsWith(text) ? '' : 'Not the same as above';
};

for (const field of document.querySelectorAll('[data-shortest], [data-same-as]')) {
  const { shortest, sameAs } = field.dataset;
  const first = sameAs && document.getElementById(sameAs);
  const line = document.createElement('p');
  line.className = 'live';
  line.id = `${field.id}-live`;
  field.closest('.field').append(line);
  field.setAttribute('aria-describedby', [field.getAttribute('aria-describedby'), line.id].filter(Boolean).join(' '));
  const say = () => {
    const words = first ? same(field.value, first.value) : rulesFor(field.value, Number(shortest), wordsOf(field.form));
    line.setAttribute('aria-live', words.includes('more character') ? 'off' : 'polite'); // not heard at every key
    if (line.textContent !== words) line.textContent = words;
  };
  const others = first ? [first] : field.form.querySelectorAll('[name=username], [name=email]');
  for (const one of [field, ...others]) one.addEventListener('input', say);
}
