// desk.js: the review desk by keyboard, evidence one page at a time, the hold on a case kept while the page is open.
(() => {
  "use strict";

  const RENEW_EVERY_MS = 4 * 60 * 1000, IDLE_MS = 10 * 60 * 1000, TICK_MS = 15 * 1000, OFF = "desk-keys-off";
  const desk = document.querySelector("[data-desk]");
  const live = document.getElementById("live");

  // Evidence: back, on, turn by quarters, zoom in three steps. Classes only; pages not shown are not fetched.
  const viewer = document.querySelector("[data-viewer]");
  if (viewer) {
    const pages = [...viewer.querySelectorAll("[data-page]")];
    const state = pages.map(() => ({ turn: 0, zoom: 1 }));
    const place = viewer.querySelector("[data-place]");
    let at = 0;
    const show = () => {
      pages.forEach((page, index) => { page.hidden = index !== at; });
      const page = pages[at];
      if (!page) return;
      page.classList.remove("turn-1", "turn-2", "turn-3", "zoom-2", "zoom-3");
      if (state[at].turn) page.classList.add("turn-" + state[at].turn);
      if (state[at].zoom > 1) page.classList.add("zoom-" + state[at].zoom);
      page.scrollTo((page.scrollWidth - page.clientWidth) / 2, (page.scrollHeight - page.clientHeight) / 2);
      place.textContent = `${at + 1} / ${pages.length}　${page.dataset.name}`;
    };
    const acts = {
      back: () => { at = (at + pages.length - 1) % pages.length; },
      on: () => { at = (at + 1) % pages.length; },
      turn: () => { state[at].turn = (state[at].turn + 1) % 4; },
      zoom: () => { state[at].zoom = state[at].zoom % 3 + 1; },
    };
    if (pages.length) {
      viewer.classList.add("one-by-one");
      viewer.querySelector("[data-tools]").hidden = false;
      viewer.addEventListener("click", (event) => {
        const button = event.target.closest("[data-act]");
        if (!button) return;
        acts[button.dataset.act]();
        show();
      });
      viewer.querySelectorAll("[data-act=back], [data-act=on]").forEach((b) => { b.hidden = pages.length < 2; });
      show();
    }
  }

  // 不符 beside an answer is the label of its reason; it shows whether the reason is ticked.
  const ticks = [...document.querySelectorAll("[data-tick]")];
  const showTicks = () => ticks.forEach((label) => {
    label.classList.toggle("is-on", document.getElementById(label.dataset.tick).checked);
  });
  if (ticks.length) {
    document.addEventListener("change", showTicks);
    showTicks();
  }

  // Keys: never inside a field, never with a modifier. A and R only move the focus; Enter decides.
  const help = document.querySelector("[data-keys]");
  const toggle = document.querySelector("[data-toggle-keys]");
  const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const showKeys = () => {
    if (help) help.hidden = false;
    if (toggle) toggle.textContent = isOff() ? toggle.dataset.off : toggle.dataset.on;
    document.body.classList.toggle("keys-off", isOff());
  };
  if (toggle) toggle.addEventListener("click", () => {
    try { localStorage.setItem(OFF, isOff() ? "0" : "1"); } catch { return; }
    showKeys();
  });
  showKeys();

  // A browser sends the form on Enter in a box, by its first button: here a box is only ticked.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-digit], #id_go_on")) event.preventDefault();
  });

  const FOCUS_ONLY = new Set(["a", "r"]);
  const places = { m: "id_message", "/": "id_q" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOff()) return;
    if (event.target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])")) return;
    const key = event.key.toLowerCase();
    const field = places[key] && document.getElementById(places[key]);
    const target = field || document.querySelector(/^[1-9]$/.test(key) ? `[data-digit="${key}"]` : `[data-key="${CSS.escape(key)}"]`);
    if (!target || target.closest("[hidden]")) return;
    event.preventDefault();
    if (field || FOCUS_ONLY.has(key)) { target.focus(); return; }
    const folded = target.closest("details:not([open])");
    if (folded && !target.closest("summary")) folded.open = true;
    target.click();
    if (target.matches("[data-digit]")) target.focus();
  });

  // The hold: renewed while somebody works on the page. A page left open lets the hold, and the session, run out.
  if (!desk || !desk.dataset.renew) return;
  const words = desk.querySelector("[data-lease]");
  let until = new Date(desk.dataset.until), moved = Date.now(), asked = Date.now(), isLost = false;
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 60000));
  const say = () => { if (!isLost) words.textContent = desk.dataset.left.replace("{n}", left()); };
  const token = () => (desk.querySelector("[name=csrfmiddlewaretoken]") || {}).value;
  const renew = async () => {
    if (isLost || document.visibilityState !== "visible") return;
    asked = Date.now();
    try {
      const answer = await fetch(desk.dataset.renew, {
        method: "POST", headers: { "X-CSRFToken": token(), Accept: "application/json" }, redirect: "error",
      });
      const body = await answer.json();
      if (answer.ok) { until = new Date(body.until); say(); return; }
      isLost = true;
      words.textContent = live.textContent = desk.dataset.lost + body.reason;
      words.closest(".badge").classList.replace("ok", "stop");
    } catch {
      live.textContent = document.body.dataset.offline;
    }
  };
  const onMove = () => {
    moved = Date.now();
    if (moved - asked > RENEW_EVERY_MS) renew();
  };
  ["pointermove", "keydown", "scroll"].forEach((name) => addEventListener(name, onMove, { passive: true }));
  setInterval(() => { if (Date.now() - moved < IDLE_MS) renew(); }, RENEW_EVERY_MS);
  setInterval(say, TICK_MS);
  say();
})();
