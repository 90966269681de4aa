// Says, while a post is being written, how many characters are left, counted as people count them.
const field = document.querySelector('#post');
const words = document.querySelector('#post-count');
const most = Number(words?.dataset.most);
const segmenter = Intl.Segmenter && new Intl.Segmenter('en', { granularity: 'grapheme' });
const unchanged = words?.textContent;

const count = (text) => [...(segmenter ? segmenter.segment(text) : text)].length;

const say = () => {
  const left = most - count(field.value.normalize('NFC').trim());
  words.classList.toggle('too-many', left < 0);
  if (left === most) words.textContent = unchanged;
  else words.textContent = left < 0 ? `${-left} too many` : `${left} left`;
  // Heard only when it matters: not at every key.
  words.setAttribute('aria-live', left < 20 ? 'polite' : 'off');
};

if (field && most) {
  field.addEventListener('input', say);
  say();
}
