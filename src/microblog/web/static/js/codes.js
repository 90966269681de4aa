// Copies, saves or prints the recovery codes on this page. They stay in the browser: no address and no request holds them.
const bar = document.querySelector('.codes-actions');
const said = bar.querySelector('[role=status]');
const codes = [...document.querySelectorAll('.codes code')].map((code) => code.textContent);
const about = document.querySelector('.codes-about').textContent.replace(/\s+/g, ' ').trim();
const text = `${about}\n\n${codes.join('\n')}\n`;

const copy = async () => {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = 'Copied.';
  } catch {
    said.textContent = 'Your browser did not allow that. Please select the codes and copy them yourself.';
  }
};

const download = () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = 'microblog-recovery-codes.txt';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  said.textContent = 'Saved as microblog-recovery-codes.txt. Keep it where only you can read it.';
};

const press = { copy, download, print: () => window.print() };
for (const button of bar.querySelectorAll('button')) button.addEventListener('click', press[button.value]);
bar.hidden = false;
