// SPDX-License-Identifier: MIT
// Search or jump (Ctrl K): the page /manage/find in a dialog, as a combobox with a list (WAI-ARIA 1.2). Without this script its link opens the page.

const dialog = document.getElementById("palette");
const input = dialog.querySelector("input");
const list = dialog.querySelector("[role=listbox]");
const said = dialog.querySelector("[role=status]");
let at = -1;
let asked = 0;
let wait = 0;

const choose = (to) => {
  const options = [...list.children];
  at = options.length ? (to + options.length) % options.length : -1;
  for (const [n, option] of options.entries()) option.setAttribute("aria-selected", String(n === at));
  options[at]?.scrollIntoView({ block: "nearest" });
  if (at < 0) input.removeAttribute("aria-activedescendant");
  else input.setAttribute("aria-activedescendant", options[at].id);
};

const make = (name, text = "") => Object.assign(document.createElement(name), { textContent: text });

const option = (one, n) => {
  const row = Object.assign(make("li"), { id: `found-${n}`, role: "option" });
  const icon = dialog.querySelector(".icon").cloneNode(true);
  const use = icon.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${one.icon}`));
  const words = make("span");
  words.append(make("b", one.label), make("small", one.kind));
  row.append(icon, words);
  row.dataset.href = one.url;
  return row;
};

const look = async () => {
  const mine = ++asked;
  const address = `${input.form.action}?q=${encodeURIComponent(input.value)}`;
  const found = await fetch(address, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).catch(() => null);
  if (mine !== asked) return;
  list.replaceChildren(...(found?.found ?? []).map(option));
  said.textContent = found?.said ?? said.dataset.failed;
  input.setAttribute("aria-expanded", String(list.children.length > 0));
  choose(0);
};

const open = (event) => {
  event.preventDefault();
  if (dialog.open) return;
  input.value = "";
  dialog.showModal();
  look();
};

for (const door of document.querySelectorAll("[data-palette]")) door.addEventListener("click", open);

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") open(event);
});

// Until the answer to what was typed is there nothing is chosen: Enter then opens the page of the search.
input.addEventListener("input", () => {
  clearTimeout(wait);
  asked++;
  at = -1;
  input.removeAttribute("aria-activedescendant");
  wait = setTimeout(look, 120);
});

input.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  choose(at + step);
});

input.form.addEventListener("submit", (event) => {
  const chosen = list.children[at];
  if (!chosen) return;
  event.preventDefault();
  location.assign(chosen.dataset.href);
});

list.addEventListener("click", (event) => {
  const chosen = event.target.closest("[role=option]");
  if (chosen) location.assign(chosen.dataset.href);
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
