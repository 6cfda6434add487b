// countdown.js: counts down on the passed page, then goes on.
// Contract: <… data-countdown="5" data-next="/…"> (with data-stopped nothing counts). Inside, all optional: [data-ring-text]
// (the number), [data-ring-left] (a circle whose stroke is left to run), [data-ring] (its label) and [data-countdown-words], whose
// first number is kept true. [data-countdown-stop] is a plain link to the page that has stopped; it needs no script.
(() => {
  "use strict";
  const box = document.querySelector("[data-countdown]:not([data-stopped])");
  if (!box || !box.dataset.next) return;
  const total = Number(box.dataset.countdown) || 5;
  const part = (name) => box.querySelector("[data-" + name + "]");
  const number = part("ring-text"), arc = part("ring-left"), ring = part("ring"), words = part("countdown-words"), stop = part("countdown-stop");
  const round = arc ? 2 * Math.PI * arc.r.baseVal.value : 0;
  let left = total, timer = 0;

  const show = () => {
    if (number) number.textContent = number.textContent.replace(/\d+/, left);
    if (words) words.textContent = words.textContent.replace(/\d+/, left);
    if (ring) ring.setAttribute("aria-label", (ring.getAttribute("aria-label") || "").replace(/\d+/, left));
    if (arc) arc.setAttribute("stroke-dasharray", (round * left) / total + " " + round);
  };
  const tick = () => {
    left -= 1;
    show();
    if (left <= 0) { clearInterval(timer); location.assign(box.dataset.next); }
  };
  const start = () => { clearInterval(timer); left = total; show(); timer = setInterval(tick, 1000); };

  // Asked to stop, it stops at once, before the answer comes; the Refresh header's own clock too.
  if (stop) stop.addEventListener("click", () => { clearInterval(timer); window.stop(); });
  addEventListener("pageshow", (event) => { if (event.persisted) start(); });
  start();
})();
