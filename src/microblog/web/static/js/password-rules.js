// Says while a password is typed whether it is long enough, and the same twice. Without this script the server still does.
const length = (text) => [...text.normalize('NFC')].length; // as the server counts
const more = (left) => `${left} more character${left === 1 ? '' : 's'}`;

const longEnough = (text, shortest) => {
  const left = shortest - length(text);
  return { words: text && (left > 0 ? more(left) : 'Long enough'), good: left <= 0 };
};
const same = (text, first) => {
  if (text === first) return { words: text && 'The same as above', good: true };
  return { words: first.startsWith(text) ? '' : 'Not the same as above', good: false };
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
    const { words, good } = first ? same(field.value, first.value) : longEnough(field.value, Number(shortest));
    line.setAttribute('aria-live', shortest && !good ? 'off' : 'polite'); // not heard at every key
    line.classList.toggle('good', good);
    if (line.textContent !== words) line.textContent = words;
  };
  for (const one of [field, first]) one?.addEventListener('input', say);
}
