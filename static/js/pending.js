// pending.js: asks every 1.2 seconds whether the case was decided, and goes where the answer says.
// Contract: <… data-poll data-poll-every="1200"> on the page; GET of the same address with the header X-Portal-Poll: 1
// answers 204 while nothing changed, or 200 with {"location": "…"}. data-poll-stop is a plain link; it needs no script.
(() => {
  "use strict";
  const box = document.querySelector("[data-poll]");
  if (!box) return;
  const every = Number(box.dataset.pollEvery) || 1200;
  const HIDDEN_EVERY = 15000, WORST = 30000;
  let wait = every, timer = 0;

  // The page's own Refresh header serves readers without a script; with one it would only disturb.
  if (document.readyState === "complete") window.stop(); else addEventListener("load", () => window.stop());

  const ask = async () => {
    try {
      const answer = await fetch(location.href, {
        headers: { "X-Portal-Poll": "1" }, credentials: "same-origin", cache: "no-store", redirect: "follow",
      });
      if (answer.status === 204) wait = every;
      else if (answer.redirected) return location.assign(answer.url);
      else if (answer.ok && (answer.headers.get("Content-Type") || "").includes("json")) return location.assign((await answer.json()).location);
      else if (answer.status >= 400) wait = Math.min(wait * 2, WORST);
      else return location.reload();
    } catch (_lost) {
      wait = Math.min(wait * 2, WORST);
    }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, document.hidden ? Math.max(HIDDEN_EVERY, wait) : wait);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { clearTimeout(timer); wait = every; ask(); } });
  addEventListener("online", () => { clearTimeout(timer); wait = every; ask(); });
  plan();
})();
