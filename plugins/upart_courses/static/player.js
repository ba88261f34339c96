// SPDX-License-Identifier: MIT
// The player: takes what a package in its frame reports, and keeps it. A save that fails is told and tried again. Without a form nothing is kept.

const APART = 2000, LATER = 10000, LONGEST = 60000, GOING = 3000;
const NAMES = ["status", "score", "least", "most", "place", "memory", "leaving", "seconds"];
const frame = document.getElementById("package"), form = document.getElementById("kept");
const status = document.getElementById("kept-status"), notice = document.getElementById("not-kept");
const wait = (time) => new Promise((go) => setTimeout(go, time));
let latest = "", saved = "", busy = null, timer = 0, due = Infinity, tries = 0, over = false, last = 0;

const inFrame = (source) => {
  for (let at = source; at && at !== window; at = at.parent) if (at === frame.contentWindow) return true;
  return false;
};
const show = (why) => {
  notice.hidden = !why;
  for (const one of notice.querySelectorAll("[data-why]")) one.hidden = one.dataset.why !== why;
};
const pending = () => form && !over && latest !== saved;

const left = new Promise((go) => {
  addEventListener("message", ({ source, data }) => { if (data?.upart === "package-left" && inFrame(source)) go(); });
});
addEventListener("message", ({ source, data }) => {
  if (!form || over || data?.upart !== "package" || typeof data.values !== "object" || !data.values || !inFrame(source)) return;
  const sent = new URLSearchParams(new FormData(form));
  for (const name of NAMES) sent.set(name, String(data.values[name] ?? "").slice(0, 5000));
  latest = sent.toString();
  plan(data.now ? 0 : LATER);
});
if (frame.hasAttribute("data-silent") && form) {
  // It reports nothing: having opened it is all there is to do (SCORM 1.2, asset).
  frame.addEventListener("load", () => {
    const sent = new URLSearchParams(new FormData(form));
    for (const name of NAMES) sent.set(name, { status: "completed", seconds: "0" }[name] ?? "");
    latest = sent.toString();
    plan(0);
  }, { once: true });
}

frame.src = frame.dataset.src;

function plan(time) {
  const at = Math.max(Date.now() + time, last + APART);
  if (at >= due && timer) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(save, at - Date.now());
}

function save() {
  clearTimeout(timer);
  [timer, due] = [0, Infinity];
  if (busy || !pending()) return busy;
  const sending = latest;
  last = Date.now();
  busy = fetch(form.action, { method: "POST", body: new URLSearchParams(sending), keepalive: true })
    .then((answer) => settle(sending, answer.status), () => settle(sending, 0))
    .finally(() => {
      busy = null;
      if (pending()) plan(tries ? Math.min(LONGEST, 1000 * 2 ** tries) : LATER);
    });
  return busy;
}

function settle(sending, code) {
  if (code >= 200 && code < 300) {
    [saved, tries] = [sending, 0];
    show("");
    const now = new URLSearchParams(sending).get("status");
    status.textContent = ["completed", "passed"].includes(now) ? status.dataset.done : status.dataset.saved;
  } else if (code === 422) {
    saved = sending;
    show("wrong");
  } else if (code >= 400 && code < 500 && code !== 429 && code !== 408) {
    over = true;
    show("over");
  } else {
    tries = Math.min(tries + 1, 6);
    show("again");
  }
}

addEventListener("online", () => { if (pending()) save(); });
addEventListener("pagehide", () => { if (pending()) save(); });
addEventListener("beforeunload", (event) => { if (pending() && tries) event.preventDefault(); });
for (const link of document.querySelectorAll("[data-leave]")) {
  link.addEventListener("click", async (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || !form) return;
    event.preventDefault();
    frame.contentWindow.postMessage("upart-leave", "*");
    await Promise.race([left, wait(GOING / 2)]);
    const end = Date.now() + GOING;
    while (pending() && !tries && Date.now() < end) await (save() ?? wait(100));
    location.assign(link.href);
  });
}
