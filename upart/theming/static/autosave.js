// SPDX-License-Identifier: MIT
// A form with a [data-by-itself] line is saved while somebody writes in it, by the address that its button uses too.
// One save at a time; one that was never answered is sent again word for word, so that nobody is told of their own text.
// Nothing is kept anywhere else than on the page.

const QUIET = 2500;
const LONGEST = 10000;
const AGAIN = 8000;

for (const line of document.querySelectorAll("[data-by-itself]")) {
  const form = line.closest("form");
  const written = () => new URLSearchParams(new FormData(form)).toString();
  let known = written();
  let refused = "";
  let sending = false;
  let unanswered = null;
  let stopped = false;
  let held = null; // a button that was pressed while a save was under way: it waits for the marks of that save
  let since = 0;
  let timer = 0;

  const say = (words, values = {}) => {
    const text = Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), words);
    if (line.textContent !== text) line.textContent = text;
  };
  const unsaved = (why) => {
    say(line.dataset.unsaved, { why });
    line.dataset.kind = "bad";
  };
  const plan = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };

  async function save() {
    const body = unanswered ?? written();
    if (sending || stopped || (unanswered === null && [known, refused].includes(body))) return;
    sending = true;
    since = 0;
    unanswered = body;
    let answer = null;
    try {
      answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body + "&by_itself=1"), signal: AbortSignal.timeout(20000) });
    } catch {
      // No connection, or no answer in time: perhaps it was saved, perhaps not.
    }
    await told(answer, body);
    sending = false;
    if (held !== null) form.requestSubmit(held);
  }

  async function told(answer, body) {
    const json = answer?.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json().catch(() => null) : null;
    if (answer === null || answer.status >= 500) {
      unsaved(answer === null ? line.dataset.offline : line.dataset.broken);
      return plan(AGAIN);
    }
    unanswered = null;
    if (json?.marks) {
      known = body;
      for (const [name, mark] of Object.entries(json.marks)) {
        const field = form.elements.namedItem(`was-${name}`);
        if (field) {
          known = known.replace(`was-${name}=${field.value}`, `was-${name}=${mark}`);
          field.value = mark;
        }
      }
      if (written() !== known) return plan(line.dataset.kind ? 0 : QUIET);
      delete line.dataset.kind;
      say(line.dataset.saved, { time: new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) });
      return undefined;
    }
    unsaved(json?.why ?? (answer.status < 400 || answer.status === 401 ? line.dataset.signedOut : line.dataset.broken));
    stopped = answer.status !== 422; // what cannot be saved yet is tried again with the next letter
    refused = body;
  }

  form.addEventListener("input", () => {
    since ||= Date.now();
    plan(Date.now() - since > LONGEST ? 0 : QUIET);
  });
  form.addEventListener("submit", (event) => {
    if (sending) {
      held = event.submitter;
      return event.preventDefault();
    }
    stopped = true;
    known = "";
    clearTimeout(timer);
  });
  addEventListener("online", () => plan(0));
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") plan(0);
  });
  addEventListener("beforeunload", (event) => {
    if (known !== "" && written() !== known) event.preventDefault();
  });
}
