// SPDX-License-Identifier: MIT
// Stands before the programs of a package, in its sandbox: gives them SCORM's API where they look for it, and hands what they say to the player.
// Whoever writes a package can change all of this. What arrives at the player is only ever what the learner's own browser says about them.

(() => {
  const api = new Scorm12API({ autocommit: false, logLevel: 5 });
  api.loadFromJSON(JSON.parse(document.currentScript.dataset.state), "");

  const told = () => {
    const core = api.cmi.core.toJSON(); // asked one by one, what can only be written would be an error
    const [hours, minutes, seconds] = api.cmi.getCurrentTotalTime().split(":").map(Number);
    return {
      status: core.lesson_status || "incomplete", score: core.score.raw, least: core.score.min, most: core.score.max, place: core.lesson_location,
      memory: api.cmi.suspend_data, leaving: core.exit, seconds: Math.floor(hours * 3600 + minutes * 60 + seconds) || 0,
    };
  };
  let waits = false, begun = false;
  const tell = (now) => {
    waits = false;
    if (begun) top.postMessage({ upart: "package", now, values: told() }, "*");
  };
  api.on("LMSInitialize", () => { begun = true; });
  api.on("LMSSetValue.cmi.*", () => {
    if (!waits) queueMicrotask(() => tell(false));
    waits = true;
  });
  for (const event of ["LMSCommit", "LMSFinish"]) api.on(event, () => tell(true));
  addEventListener("pagehide", () => tell(true));
  addEventListener("message", ({ source, data }) => {
    if (source !== top || data !== "upart-leave") return;
    // Programs say the last thing when their window goes; by then nobody would hear it. They are told a moment before.
    for (const event of ["beforeunload", "pagehide", "unload"]) dispatchEvent(new Event(event));
    tell(true);
    top.postMessage({ upart: "package-left" }, "*");
  });
  top.postMessage({ upart: "package-opened" }, "*");

  // Windows above are of another site, and asking them for anything is an error. Programs find one that has what they look for, and no other above it.
  const above = { API: api };
  above.parent = above.top = above;
  const stores = () => {
    const kept = new Map();
    return {
      getItem: (name) => (kept.has(String(name)) ? kept.get(String(name)) : null), setItem: (name, value) => { kept.set(String(name), String(value)); },
      removeItem: (name) => { kept.delete(String(name)); }, clear: () => kept.clear(), key: (at) => [...kept.keys()][at] ?? null, get length() { return kept.size; },
    };
  };
  // What belongs to no site has no storage and no cookies: programs that ask would stop. They get what lasts as long as the page.
  for (const [name, value] of [["API", api], ["parent", above], ["localStorage", stores()], ["sessionStorage", stores()]]) {
    Object.defineProperty(window, name, { value, configurable: true, writable: true });
  }
  Object.defineProperty(document, "cookie", { get: () => "", set: () => {}, configurable: true });
})();
