// SPDX-License-Identifier: MIT
// Comfort for the media library, which works without it: drop files, see how far each has come, click on what must stay visible.

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-list]");
  const after = form.querySelector("[data-after]");
  form.querySelector("[data-plain]").hidden = true;
  form.querySelector("[data-dragging]").hidden = false;
  let queue = Promise.resolve();
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  form.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.dataset.over = "";
  });
  for (const end of ["dragleave", "drop"]) form.addEventListener(end, () => delete form.dataset.over);
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });

  function take(files) {
    if (files.length > Number(form.dataset.most)) return refuse(line(""), form.dataset.tooMany);
    for (const file of files) {
      const row = line(file.name);
      if (file.size > Number(form.dataset.largest)) refuse(row, form.dataset.tooLarge);
      else queue = queue.then(() => sendOne(file, row));
    }
    queue.then(() => { after.hidden = false; });
  }

  function line(name) {
    list.hidden = false;
    const row = list.appendChild(document.createElement("li"));
    row.appendChild(document.createElement("span")).textContent = name;
    const progress = row.appendChild(document.createElement("progress"));
    progress.max = 1;
    progress.value = 0;
    progress.ariaLabel = name || form.dataset.waits;
    return row;
  }

  function refuse(row, words) {
    row.querySelector("progress")?.remove();
    const said = row.appendChild(document.createElement("span"));
    said.dataset.bad = "";
    said.textContent = words;
  }

  function sendOne(file, row) {
    return new Promise((resolve) => {
      const body = new FormData();
      body.append("one", "y");
      body.append("files", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => { row.querySelector("progress").value = event.loaded / event.total; });
      request.addEventListener("loadend", () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { answer = {}; }
        if (request.status === 200 && answer.url) added(row, answer.url);
        else refuse(row, answer.message ? `${answer.message} ${answer.remedy}` : request.status === 413 ? form.dataset.tooLarge : form.dataset.failed);
        resolve();
      });
      request.send(body);
    });
  }

  function added(row, url) {
    row.querySelector("progress").remove();
    const said = row.appendChild(document.createElement("span"));
    said.dataset.ok = "";
    said.textContent = form.dataset.stored;
    const name = row.firstElementChild;
    const link = document.createElement("a");
    link.href = url;
    link.textContent = name.textContent;
    name.replaceChildren(link);
  }
}

for (const stage of document.querySelectorAll("[data-focus]")) {
  const image = stage.querySelector("img");
  const [x, y] = stage.dataset.focus.split(" ").map((id) => document.getElementById(id));
  if (!image || !x || !y) continue;
  const mark = image.parentElement.appendChild(document.createElement("span"));
  mark.className = "focus-mark";
  const show = () => {
    mark.style.left = `${x.value}%`;
    mark.style.top = `${y.value}%`;
  };
  for (const hint of document.querySelectorAll("[data-focus-hint]")) hint.hidden = false;
  image.addEventListener("click", (event) => {
    const box = image.getBoundingClientRect();
    x.value = Math.round(((event.clientX - box.left) / box.width) * 100);
    y.value = Math.round(((event.clientY - box.top) / box.height) * 100);
    show();
  });
  for (const input of [x, y]) input.addEventListener("input", show);
  show();
}
