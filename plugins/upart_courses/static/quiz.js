// SPDX-License-Identifier: MIT
// Answers are kept while somebody gives them. Only what was answered on this page is sent, so that a second tab overwrites nothing.
// Then the time that is left. Said politely, twice; the server's clock counts, so the browser's may be wrong.

const QUIET = 2500;
const AGAIN = 8000;
const SLOW = 5000;
const LARGEST = 60000; // what a browser still sends when a page is left
const timer = document.querySelector(".timer[data-ends]");
const form = document.querySelector("form[data-quiz]");
const said = document.querySelector("[data-said]");
const line = document.querySelector("[data-keeps]");
let ends = timer ? performance.now() + Date.parse(timer.dataset.ends) - Date.parse(timer.dataset.now) : Infinity;
let keep = async () => {};

if (form) {
  const touched = new Map(); // question: how often it was answered since it was kept
  let waits = 0;
  let stopped = !line;
  let under = null; // the save that is on its way

  const say = (words) => { if (line.textContent !== words) line.textContent = words; };
  const touch = (field) => {
    if (field.name?.startsWith("a-")) touched.set(field.name.slice(2), (touched.get(field.name.slice(2)) ?? 0) + 1);
  };
  const plan = (delay) => {
    clearTimeout(waits);
    if (!stopped) waits = setTimeout(keep, delay, {});
  };
  const parcel = () => {
    const body = new URLSearchParams({ do: "keep", by_itself: "1" });
    for (const [name, value] of new FormData(form)) {
      if (!name.startsWith("a-") || touched.has(name.slice(2))) body.append(name, value);
    }
    return body;
  };

  keep = async ({ leaving = false, asking = false }) => {
    if (stopped || !(touched.size || asking) || (under && !leaving && !asking)) return;
    clearTimeout(waits);
    under?.abort();
    const [body, before, mine] = [parcel(), new Map(touched), new AbortController()];
    under = mine;
    const late = setTimeout(() => mine.abort(), asking ? 5000 : 20000);
    const options = { method: "POST", redirect: "manual", keepalive: leaving && String(body).length < LARGEST, signal: mine.signal };
    const answer = await fetch(form.action, { ...options, body }).catch(() => null);
    clearTimeout(late);
    if (under !== mine) return;
    under = null;
    told(answer, before, answer?.status === 200 ? await answer.json().catch(() => null) : null);
  };

  function told(answer, before, json) {
    if (json) {
      if (json.left !== null && json.left * 1000 > ends - performance.now() + SLOW) ends = performance.now() + json.left * 1000; // a teacher gave more
      for (const [question, times] of before) if (touched.get(question) === times) touched.delete(question);
      say(line.dataset.kept.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })));
      if (touched.size) plan(QUIET);
    } else if (!answer || answer.status >= 500) {
      say(line.dataset.offline);
      plan(AGAIN);
    } else {
      stopped = true;
      say({ 0: line.dataset.signedOut, 401: line.dataset.signedOut, 409: line.dataset.closed }[answer.status] ?? line.dataset.broken);
    }
  }

  form.addEventListener("input", (event) => {
    touch(event.target);
    plan(QUIET);
  });
  form.addEventListener("formdata", (event) => {
    for (const question of ["", ...touched.keys()]) event.formData.append("touched", question);
  });
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(waits);
    under?.abort();
    under = null;
  });
  addEventListener("pageshow", () => { // a browser may have put back what was typed before
    stopped = !line;
    for (const field of form.elements) {
      if (field.checked !== field.defaultChecked || (!["radio", "checkbox"].includes(field.type) && field.value !== field.defaultValue)) touch(field);
    }
    if (touched.size) plan(QUIET);
  });
  addEventListener("pagehide", () => keep({ leaving: true }));
  addEventListener("online", () => plan(0));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep({ leaving: true }); });
  if (line) {
    document.querySelector("[data-by-hand]").hidden = true;
    document.querySelector("[data-by-itself-too]").hidden = false;
  }
}

if (timer && form && said) {
  const left = () => ends - performance.now();
  const words = timer.querySelector("[data-words]");
  const notes = [[300, said.dataset.five], [60, said.dataset.one]].filter(([seconds]) => left() / 1000 > seconds);
  let sent = left() <= 0;
  const tick = async () => {
    if (!sent && left() <= 0) await keep({ asking: true });
    const seconds = Math.ceil(left() / 1000);
    if (sent) return;
    if (seconds <= 0) {
      sent = true;
      said.textContent = said.dataset.end;
      const end = Object.assign(document.createElement("button"), { name: "do", value: "anyway", hidden: true });
      form.append(end);
      form.noValidate = true;
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
