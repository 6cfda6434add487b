// countdown.js: counts down on the passed page, then goes on. It waits for whoever needs time: a button stops it and
// lets it go on, any sign of somebody reading (a key, a finger, the wheel, the focus) stops it, and it does not run in a
// tab that is not seen. Said once, politely, and again only when it stops or goes on; never every second.
// Contract: <… data-countdown="5" data-next="/…" data-started data-stopped-words data-resume> (with data-stopped nothing
// counts). Inside, all optional: [data-ring-text] (the number), [data-ring-left] (a circle whose stroke is left to run),
// [data-countdown-words] (its first number is kept true), [data-countdown-stop] (a plain link to the page that has
// stopped, for readers without a script) and beside it the hidden button [data-countdown-toggle] that takes its place.
(() => {
  "use strict";
  const box = document.querySelector("[data-countdown]:not([data-stopped])");
  if (!box || !box.dataset.next) return;
  const total = Number(box.dataset.countdown) || 5, part = (name) => box.querySelector("[data-" + name + "]");
  const number = part("ring-text"), arc = part("ring-left"), words = part("countdown-words"), link = part("countdown-stop"), toggle = part("countdown-toggle");
  const live = document.getElementById("live"), round = arc ? 2 * Math.PI * arc.r.baseVal.value : 0;
  const counting = words ? words.textContent : "", pause = toggle ? toggle.textContent : "";
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;  // the number alone changes then
  let left = total, timer = 0, isStopped = false;

  const say = (text) => { if (live && text) live.textContent = text; };
  const show = () => {
    if (number) number.textContent = number.textContent.replace(/\d+/, left);
    if (words) words.textContent = isStopped ? box.dataset.stoppedWords : counting.replace(/\d+/, left);
    if (arc && !isCalm) arc.setAttribute("stroke-dasharray", (round * left) / total + " " + round);
    if (toggle) toggle.textContent = isStopped ? box.dataset.resume : pause;
  };
  const tick = () => {
    left -= 1;
    show();
    if (left <= 0) { clearInterval(timer); location.assign(box.dataset.next); }
  };
  // The Refresh header serves readers without a script; its own clock is stopped wherever this one is.
  const hold = () => { clearInterval(timer); window.stop(); };
  const run = () => {
    hold();
    show();
    if (!isStopped && !document.hidden) timer = setInterval(tick, 1000);
  };
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    run();
    say(box.dataset.stoppedWords);
  };
  const resume = () => {
    isStopped = false;
    left = total;
    run();
    say(counting.replace(/\d+/, left));
  };

  if (toggle) {
    if (link) link.hidden = true;
    toggle.hidden = false;
    toggle.addEventListener("click", () => (isStopped ? resume() : stop()));
  }
  const isOurs = (event) => event.target.closest && event.target.closest("a[href], [data-countdown-toggle]");
  const onSign = (event) => { if (!isOurs(event)) stop(); };
  addEventListener("pointerdown", onSign);
  addEventListener("wheel", stop, { passive: true });
  addEventListener("touchmove", stop, { passive: true });
  addEventListener("keydown", (event) => {
    if (event.key === "Tab" || /^(Arrow|Page|Home|End| )/.test(event.key) && !isOurs(event)) stop();
  });
  document.addEventListener("visibilitychange", () => { left = total; run(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { left = total; run(); } });
  addEventListener("load", () => { if (isStopped) hold(); });

  // What the page ahead will ask for, fetched while one waits; the page itself is not: opening it is an act of its reader.
  const fetchAhead = () => (box.dataset.ahead || "").split(" ").filter(Boolean).forEach((href) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href }));
  });
  const begin = () => { run(); setTimeout(fetchAhead, 0); };
  if (document.readyState === "complete") begin(); else addEventListener("load", begin);
  setTimeout(() => { if (!isStopped) say(box.dataset.started); }, 800);
})();
