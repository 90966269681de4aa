// Adds a button beside each password field that shows what was typed. Without this script everything still works.
for (const input of document.querySelectorAll('input[type=password]')) {
  const row = document.createElement('div');
  const button = document.createElement('button');
  const label = document.querySelector(`label[for=${input.id}]`).textContent;
  const say = (shown) => {
    button.textContent = shown ? 'Hide' : 'Show';
    button.setAttribute('aria-label', `${button.textContent} ${label}`);
  };
  row.className = 'with-show';
  button.className = 'show';
  button.type = 'button';
  say(false);
  button.addEventListener('click', () => {
    input.type = input.type === 'password' ? 'text' : 'password';
    say(input.type === 'text');
  });
  // What is sent is never kept by the browser as plain text.
  input.form.addEventListener('submit', () => { input.type = 'password'; });
  input.replaceWith(row);
  row.append(input, button);
  if (input.autofocus) input.focus();
}
