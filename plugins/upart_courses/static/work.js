// SPDX-License-Identifier: MIT
// Files that are too large to be handed in are refused before they are sent: a server that does not take them in sees no text either.
const input = document.querySelector("input[type=file][data-most]");
const said = document.querySelector("#s-files");

if (input && said) {
  const tooLarge = () => [...input.files].reduce((sum, file) => sum + file.size, 0) > Number(input.dataset.most);
  const check = () => {
    said.hidden = !tooLarge();
    input.setAttribute("aria-describedby", said.hidden ? "h-files" : "h-files s-files");
    if (said.hidden) input.removeAttribute("aria-invalid");
    else input.ariaInvalid = "true";
  };
  input.addEventListener("change", check);
  input.form.addEventListener("submit", (event) => {
    check();
    if (said.hidden) return;
    event.preventDefault();
    input.focus();
  });
}
