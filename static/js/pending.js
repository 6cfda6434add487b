// pending.js: asks every 1.2 seconds whether the case was decided, and goes where the answer says.
// Contract: <… data-poll data-poll-every="1200" data-lost data-back> on the page; GET of the same address with the header
// X-Portal-Poll: 1 answers 204 while nothing changed, or 200 with {"location": "…"}, or a redirect. [data-poll-words] holds
// the time of the last look, kept true without being announced. [data-poll-ready] (hidden, with a link) is shown instead
// of going on while somebody is in the middle of a form. Stopping is a plain link; it needs no script.
(() => {
  "use strict";
  const box = document.querySelector("[data-poll]");
  if (!box) return;
  const every = Number(box.dataset.pollEvery) || 1200;
  const HIDDEN_EVERY = 15000, WORST = 30000, SAID_AFTER = 3;
  const time = box.querySelector("[data-poll-words]"), ready = box.querySelector("[data-poll-ready]"), live = document.getElementById("live");
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "Asia/Shanghai" });
  let wait = every, timer = 0, missed = 0;

  // The page's own Refresh header serves readers without a script; with one it would only disturb.
  if (document.readyState === "complete") window.stop(); else addEventListener("load", () => window.stop());

  const say = (text) => { if (live && text) live.textContent = text; };
  const seen = () => {
    if (missed >= SAID_AFTER) say(box.dataset.back);
    missed = 0;
    wait = every;
    if (time) time.textContent = time.textContent.replace(/\d\d:\d\d:\d\d/, clock.format(new Date()));
  };
  const lost = () => {
    missed += 1;
    wait = Math.min(wait * 2, WORST);
    if (missed === SAID_AFTER) say(box.dataset.lost);
  };
  // Decided: go there. Whoever is choosing something on this page is asked first.
  const go = (address) => {
    const isBusy = ready && document.activeElement && document.activeElement.closest("main form");
    if (!isBusy) return location.assign(address);
    ready.querySelector("a").href = address;
    ready.hidden = false;
    return undefined;
  };
  const ask = async () => {
    try {
      const answer = await fetch(location.href, {
        headers: { "X-Portal-Poll": "1" }, credentials: "same-origin", cache: "no-store", redirect: "follow",
      });
      if (answer.status === 204) seen();
      else if (answer.redirected) return go(answer.url);
      else if (answer.ok && (answer.headers.get("Content-Type") || "").includes("json")) return go((await answer.json()).location);
      else if (answer.status >= 400) lost();
      else return location.reload();
    } catch (_lost) {
      lost();
    }
    return plan();
  };
  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, document.hidden ? Math.max(HIDDEN_EVERY, wait) : wait);
  };
  const now = () => { clearTimeout(timer); wait = every; ask(); };
  document.addEventListener("visibilitychange", () => { if (!document.hidden && (!ready || ready.hidden)) now(); });
  addEventListener("online", now);
  plan();
})();
