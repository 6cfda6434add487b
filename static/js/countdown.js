// countdown.js: counts down on the passed page, then goes on; stops when asked.
// Contract: <… data-countdown="5" data-next="/…"> holding [data-left] (the number), optionally .ring .left (a circle
// with pathLength 100) and [data-countdown-stop] (a link or button), whose data-stopped are the words said on stopping.
(() => {
  "use strict";
  const box = document.querySelector("[data-countdown]");
  if (!box) return;
  const total = Number(box.dataset.countdown) || 5, next = box.dataset.next;
  const number = box.querySelector("[data-left]"), arc = box.querySelector(".ring .left");
  const stop = box.querySelector("[data-countdown-stop]"), live = document.getElementById("live");
  const unit = number ? number.dataset.unit || "" : "";
  let left = total, timer = 0;

  const show = () => {
    if (number) number.textContent = left + unit;
    if (arc) arc.setAttribute("stroke-dasharray", (100 * left) / total + " 100");
  };
  const tick = () => {
    left -= 1;
    show();
    if (left <= 0) { clearInterval(timer); location.assign(next); }
  };
  const halt = (event) => {
    event.preventDefault();
    clearInterval(timer);
    window.stop();  // and the Refresh header's own clock
    stop.hidden = true;
    if (live) live.textContent = stop.dataset.stopped || "";
    const go = box.querySelector("[data-go]");
    if (go) go.focus();
  };
  if (stop) stop.addEventListener("click", halt);
  addEventListener("pageshow", (event) => { if (event.persisted) { clearInterval(timer); left = total; show(); } });
  show();
  timer = setInterval(tick, 1000);
})();
