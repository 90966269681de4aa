// Says how many characters are left, counted as people count them. Without this script the server still does.
const segmenter = Intl.Segmenter && new Intl.Segmenter('en', { granularity: 'grapheme' });
const length = (text) => [...(segmenter ? segmenter.segment(text) : text)].length;

for (const words of document.querySelectorAll('[data-count-of]')) {
  const field = document.getElementById(words.dataset.countOf);
  const most = Number(words.dataset.most);
  const { textContent: atFirst, dataset: { end = '' } } = words;
  const say = () => {
    const left = most - length(field.value.normalize('NFC').trim());
    if (left === most && atFirst) words.textContent = atFirst;
    else words.textContent = `${left < 0 ? `${-left} too many` : `${left} left`}${end}`;
    words.classList.toggle('too-many', left < 0);
    // Heard only when it matters: not at every key.
    words.setAttribute('aria-live', left < 20 ? 'polite' : 'off');
  };
  field.addEventListener('input', say);
  say();
}
