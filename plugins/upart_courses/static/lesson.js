// SPDX-License-Identifier: MIT
// Comfort for players that work without it: speed, and going on where one stopped. The place is kept for learners alone, by the course.

const EVERY = 15;

for (const player of document.querySelectorAll("[data-block]")) {
  const speed = player.parentElement.querySelector("[data-speed]");
  speed.parentElement.hidden = false;
  speed.addEventListener("change", () => {
    player.playbackRate = Number(speed.value);
  });
  const at = Number(player.dataset.at || 0);
  const goOn = () => {
    // Who stopped in the last seconds begins anew.
    if (at && at < player.duration - 5) player.currentTime = at;
  };
  if (player.readyState) goOn();
  else player.addEventListener("loadedmetadata", goOn, { once: true });

  const form = document.getElementById("played");
  if (!form) continue;
  let told = at;
  const tell = () => {
    const now = Math.floor(player.ended ? 0 : player.currentTime);
    if (now === told) return;
    told = now;
    const body = new URLSearchParams({ block: player.dataset.block, seconds: now });
    fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => {});
  };
  player.addEventListener("timeupdate", () => {
    if (Math.abs(player.currentTime - told) >= EVERY) tell();
  });
  for (const event of ["pause", "ended"]) player.addEventListener(event, tell);
  addEventListener("pagehide", tell);
}
