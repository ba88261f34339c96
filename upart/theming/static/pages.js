// SPDX-License-Identifier: MIT
// Comfort for pages that work without it: show a password, send a page's only form, move rows by dragging.

for (const button of document.querySelectorAll("[data-show-password]")) {
  const input = document.getElementById(button.dataset.showPassword);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    input.focus();
  });
}

document.querySelector("form[data-send-at-once]")?.requestSubmit();
document.getElementById("errors")?.focus();

for (const form of document.querySelectorAll("form[data-in-passing]")) {
  fetch(form.action, { method: "POST", keepalive: true });
}

// Rows are the elements with data-id below a [data-sortable], which names a form. A row moves among rows of its own
// kind: within its list, and into other lists of the same data-list. The form is sent all ids, from top to bottom.
for (const root of document.querySelectorAll("[data-sortable]")) {
  const rows = () => root.querySelectorAll("[data-id]");
  const beside = (row, step) => {
    const next = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (next) return next;
    const lists = [...root.querySelectorAll(`[data-list="${row.parentElement.dataset.list}"]`)];
    return lists[lists.indexOf(row.parentElement) + step];
  };
  let dragged = null;
  for (const row of rows()) row.draggable = true;
  root.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-id]");
    event.dataTransfer.effectAllowed = "move";
    dragged.dataset.dragged = "";
  });
  root.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const kind = dragged.parentElement.dataset.list;
    const list = event.target.closest(`[data-list="${kind}"]`);
    if (!list || dragged.contains(list)) return;
    event.preventDefault();
    const over = [...list.children].find((row) => row !== dragged && row.contains(event.target));
    if (!over) return list.contains(dragged) ? undefined : list.append(dragged);
    const box = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextElementSibling);
  });
  root.addEventListener("dragend", () => {
    delete dragged.dataset.dragged;
    send(root, dragged);
    dragged = null;
  });
  root.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest("[data-id]");
    const place = event.altKey && step && row && beside(row, step);
    if (!place) return;
    event.preventDefault();
    if (place.matches("[data-list]")) place[step < 0 ? "append" : "prepend"](row);
    else place[step < 0 ? "before" : "after"](row);
    event.target.focus();
    send(root, row);
  });
}

async function send(root, row) {
  const form = document.getElementById(root.dataset.sortable);
  const body = new URLSearchParams();
  for (const one of root.querySelectorAll("[data-id]")) body.append("order", one.dataset.id);
  const answer = await fetch(form.action, { method: "POST", body });
  const status = document.getElementById("order-status");
  status.textContent = answer.ok ? status.dataset.saved.replace("{name}", row.dataset.name) : status.dataset.failed;
  status.classList.toggle("hidden", answer.ok);
}
