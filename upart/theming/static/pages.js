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

for (const list of document.querySelectorAll("[data-sortable]")) {
  let dragged = null;
  for (const row of list.children) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      row.dataset.dragged = "";
    });
    row.addEventListener("dragend", () => {
      delete row.dataset.dragged;
      dragged = null;
      send(list);
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged.parentElement !== list || dragged === row) return;
      event.preventDefault();
      const box = row.getBoundingClientRect();
      list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? row : row.nextSibling);
    });
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      const other = event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      event.preventDefault();
      list.insertBefore(row, event.key === "ArrowUp" ? other : other.nextSibling);
      event.target.focus();
      send(list);
    });
  }
}

async function send(list) {
  const form = document.getElementById(list.dataset.sortable);
  const body = new URLSearchParams();
  for (const row of list.children) body.append("order", row.dataset.id);
  const answer = await fetch(form.action, { method: "POST", body });
  const status = document.getElementById("order-status");
  if (status) status.textContent = answer.ok ? status.dataset.saved : status.dataset.failed;
}
