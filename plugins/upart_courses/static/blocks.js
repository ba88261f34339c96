// SPDX-License-Identifier: MIT
// Comfort for writing on blocks: move them by dragging, keys and buttons without sending the page, remove with undo.

const list = document.querySelector("[data-blocks]");
const status = document.getElementById("blocks-status");
const say = (words, name) => {
  list.dispatchEvent(new Event("input", { bubbles: true })); // so that it is saved by itself
  status.textContent = words.replace("{name}", name);
};
const rows = () => [...list.querySelectorAll(":scope > li:not([data-removed])")];

function numbered() {
  const all = rows();
  all.forEach((row, at) => {
    row.querySelector("[data-step='-1']").disabled = at === 0;
    row.querySelector("[data-step='1']").disabled = at === all.length - 1;
  });
}

function move(row, step, focus) {
  const all = rows();
  const beside = all[all.indexOf(row) + step];
  if (!beside) return;
  beside[step < 0 ? "before" : "after"](row);
  numbered();
  focus?.focus();
  row.scrollIntoView({ block: "nearest" });
  say(list.dataset.moved, row.dataset.name);
}

function remove(row) {
  const fields = row.querySelector("[data-fields]");
  const notice = row.querySelector("[data-undo]");
  fields.disabled = true;
  fields.hidden = true;
  row.dataset.removed = "";
  notice.hidden = false;
  const button = notice.querySelector("button");
  button.focus();
  numbered();
  say(list.dataset.gone, row.dataset.name);
  button.addEventListener("click", () => {
    fields.disabled = false;
    fields.hidden = false;
    notice.hidden = true;
    delete row.dataset.removed;
    numbered();
    row.querySelector("[data-remove]").focus();
    say(list.dataset.back, row.dataset.name);
  }, { once: true });
}

if (list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const row = button?.closest("li");
    if (!row) return;
    if (button.dataset.step) move(row, Number(button.dataset.step), button);
    else if ("remove" in button.dataset) remove(row);
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest("[data-blocks] > li");
    if (!event.altKey || !step || !row) return;
    event.preventDefault();
    move(row, step, event.target);
  });

  // Only the grip drags: whoever selects text in a field moves nothing.
  let dragged = null;
  for (const grip of list.querySelectorAll(".grip")) {
    const row = grip.closest("li");
    grip.addEventListener("pointerdown", () => { row.draggable = true; });
    grip.addEventListener("pointerup", () => { row.draggable = false; });
  }
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-blocks] > li");
    if (!dragged?.draggable) return;
    event.dataTransfer.effectAllowed = "move";
    dragged.dataset.dragged = "";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-blocks] > li");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextElementSibling);
  });
  list.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.draggable = false;
    delete dragged.dataset.dragged;
    numbered();
    say(list.dataset.moved, dragged.dataset.name);
    dragged = null;
  });
}
