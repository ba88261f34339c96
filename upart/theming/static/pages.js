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
document.querySelector("#errors, #overtaken")?.focus();

for (const form of document.querySelectorAll("form[data-in-passing]")) {
  fetch(form.action, { method: "POST", keepalive: true });
}

// Lists: choose all rows of the page, and say how many are chosen.
for (const form of document.querySelectorAll("form.chosen")) {
  const all = form.querySelector("[data-choose-all]");
  const said = form.querySelector("[data-chosen]");
  if (!all || !said) continue;
  const rows = [...form.querySelectorAll("[name=row]")];
  const count = () => {
    const chosen = rows.filter((row) => row.checked).length;
    said.textContent = said.dataset.chosen.replace("{n}", chosen);
    all.checked = chosen === rows.length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const row of rows) row.checked = all.checked;
    count();
  });
  form.addEventListener("change", count);
  count();
}

// Rows are the elements with data-id below a [data-sortable], which names a form. A row moves among rows of its own
// kind: within its list, and into other lists of the same data-list. The form is sent all ids, from top to bottom.
// Buttons with data-step (-1, 1) do the same by themselves; here they are switched off where there is no way.
for (const root of document.querySelectorAll("[data-sortable]")) {
  const order = () => Array.from(root.querySelectorAll("[data-id]"), (row) => row.dataset.id);
  const beside = (row, step) => {
    const next = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (next) return next;
    const lists = [...root.querySelectorAll(`[data-list="${row.parentElement.dataset.list}"]`)];
    return lists[lists.indexOf(row.parentElement) + step];
  };
  let known = String(order());
  const moved = (row) => {
    if (String(order()) === known) return;
    known = String(order());
    for (const button of root.querySelectorAll("[data-step]")) button.disabled = !beside(button.closest("[data-id]"), Number(button.dataset.step));
    send(root.dataset.sortable, order(), row.dataset.name);
  };
  let dragged = null;
  for (const row of root.querySelectorAll("[data-id]")) row.draggable = true;
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
    moved(dragged);
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
    moved(row);
  });
}

async function send(form, order, name) {
  const body = new URLSearchParams(order.map((id) => ["order", id]));
  const answer = await fetch(document.getElementById(form).action, { method: "POST", body }).catch(() => ({ ok: false }));
  const status = document.getElementById("order-status");
  status.textContent = answer.ok ? status.dataset.saved.replace("{name}", name) : status.dataset.failed;
  status.classList.toggle("hidden", answer.ok);
}
