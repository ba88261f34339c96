// SPDX-License-Identifier: MIT
// The time that is left in a quiz. Said politely, twice; the server's clock counts, so the browser's may be wrong.
const timer = document.querySelector(".timer[data-ends]");
const form = document.querySelector("form[data-quiz]");
const said = document.querySelector("[data-said]");

if (timer && form && said) {
  const begun = performance.now();
  const left = () => Date.parse(timer.dataset.ends) - Date.parse(timer.dataset.now) - (performance.now() - begun);
  const words = timer.querySelector("[data-words]");
  const notes = [[300, said.dataset.five], [60, said.dataset.one]].filter(([seconds]) => left() / 1000 > seconds);
  let sent = left() <= 0;
  const tick = () => {
    const seconds = Math.ceil(left() / 1000);
    if (sent) return;
    if (seconds <= 0) {
      sent = true;
      said.textContent = said.dataset.end;
      const end = Object.assign(document.createElement("button"), { name: "do", value: "anyway", hidden: true });
      form.append(end);
      form.requestSubmit(end);
      return;
    }
    words.textContent = timer.dataset.left.replace("{minutes}", Math.floor(seconds / 60)).replace("{seconds}", seconds % 60);
    if (notes.length && seconds <= notes[0][0]) said.textContent = notes.shift()[1];
    setTimeout(tick, 1000);
  };
  form.addEventListener("submit", () => { sent = true; });
  if (!sent) tick();
}
