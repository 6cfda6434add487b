// desk-case.js: one case at the desk. Evidence one page at a time, checks recorded as they are ticked, kept messages
// put into the box, and the hold on the case kept while the page is open.
(() => {
  "use strict";

  const desk = document.querySelector("[data-desk]"), live = document.getElementById("live");
  const token = () => (document.querySelector("[name=csrfmiddlewaretoken]") || {}).value;
  const post = (url, body) => fetch(url, {
    method: "POST", headers: { "X-CSRFToken": token(), Accept: "application/json" }, body, redirect: "error",
  });

  // Evidence: back, on, turn by quarters, zoom in steps. Classes only; pages not shown are not fetched.
  const MOST_ZOOM = 4;
  const begin = (viewer) => {
    const pages = [...viewer.querySelectorAll("[data-page]")], state = pages.map(() => ({ turn: 0, zoom: 1 }));
    const place = viewer.querySelector("[data-place]");
    let at = 0;
    const show = () => {
      pages.forEach((page, index) => {
        page.hidden = index !== at;
        const large = page.querySelector("[data-bigger]");
        if (viewer.dataset.viewer === "now") large.toggleAttribute("data-key", false);
      });
      const page = pages[at];
      page.classList.remove("turn-1", "turn-2", "turn-3", "zoom-2", "zoom-3", "zoom-4");
      if (state[at].turn) page.classList.add("turn-" + state[at].turn);
      if (state[at].zoom > 1) page.classList.add("zoom-" + state[at].zoom);
      page.scrollTo((page.scrollWidth - page.clientWidth) / 2, (page.scrollHeight - page.clientHeight) / 2);
      if (viewer.dataset.viewer === "now") page.querySelector("[data-bigger]").dataset.key = "v";
      const zoomed = state[at].zoom > 1 ? `　${state[at].zoom * 100}%` : "";
      place.textContent = `${at + 1} / ${pages.length}　${page.dataset.name}${page.dataset.mark ? "　" + page.dataset.mark : ""}${zoomed}`;
    };
    const acts = {
      back: () => { at = (at + pages.length - 1) % pages.length; },
      on: () => { at = (at + 1) % pages.length; },
      turn: () => { state[at].turn = (state[at].turn + 1) % 4; },
      zoom: () => { state[at].zoom = state[at].zoom % MOST_ZOOM + 1; },
      reset: () => { state[at] = { turn: 0, zoom: 1 }; },
    };
    if (!pages.length) return;
    viewer.classList.add("one-by-one");
    viewer.querySelector("[data-tools]").hidden = false;
    viewer.querySelectorAll("[data-act=back], [data-act=on]").forEach((button) => { button.hidden = pages.length < 2; });
    viewer.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (!button) return;
      acts[button.dataset.act]();
      show();
    });
    show();
  };
  const viewers = [...document.querySelectorAll("[data-viewer]")];
  viewers.forEach(begin);

  // B: the viewer's keys act on last time's files, and back.
  const KEYS = { back: "[", on: "]", turn: "t", zoom: "z", reset: "0" };
  const give = (viewer) => viewers.forEach((each) => {
    each.classList.toggle("has-keys", each === viewer && viewers.length > 1);
    each.querySelectorAll("[data-act]").forEach((button) => {
      if (each === viewer) button.dataset.key = KEYS[button.dataset.act]; else button.removeAttribute("data-key");
    });
  });
  if (viewers.length > 1) {
    give(viewers[0]);
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "b" || event.ctrlKey || event.metaKey || event.altKey || document.body.classList.contains("keys-off")) return;
      if (event.target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])")) return;
      give(viewers[0].classList.contains("has-keys") ? viewers[1] : viewers[0]);
      live.textContent = document.querySelector(".has-keys").getAttribute("aria-label");
    });
  }

  // 不符 beside an answer is the label of its reason; it shows whether the reason is ticked.
  const ticks = [...document.querySelectorAll("[data-tick]")];
  const showTicks = () => ticks.forEach((label) => {
    const box = document.getElementById(label.dataset.tick);
    label.classList.toggle("is-on", Boolean(box && box.checked));
    label.hidden = !box;
  });
  document.addEventListener("change", showTicks);
  showTicks();

  // A browser sends the form on Enter in a box, by its first button: here a box is only ticked.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input[type=checkbox], input[type=radio]")) event.preventDefault();
  });

  // A kept message goes into the box where the caret is; without a script its button posts the form.
  const choice = document.getElementById("id_canned"), box = document.getElementById("id_message");
  const insert = document.querySelector("[data-insert]");
  if (insert) insert.addEventListener("click", (event) => {
    event.preventDefault();
    const words = choice.selectedOptions[0].dataset.words;
    if (!words) { choice.focus(); return; }
    const before = box.value.slice(0, box.selectionStart), after = box.value.slice(box.selectionEnd);
    const joint = before && !before.endsWith("\n") ? "\n" : "";
    box.value = before + joint + words + after;
    box.focus();
    box.selectionStart = box.selectionEnd = (before + joint + words).length;
  });

  // Checks are recorded as they are ticked: the register's answer keeps the time it was looked up.
  const list = document.querySelector("[data-checks]");
  const note = async () => {
    const said = list.querySelector("[data-checks-said]"), answers = new FormData();
    list.querySelectorAll("input:checked").forEach((input) => answers.set(input.name, input.value));
    try {
      const answer = await post(list.dataset.checks, answers), body = await answer.json();
      if (!answer.ok) { said.textContent = body.reason; return; }
      Object.entries(body).forEach(([name, words]) => { list.querySelector(`[data-noted="${name}"]`).textContent = words; });
      said.textContent = "";
    } catch { said.textContent = document.body.dataset.offline; }
  };
  if (list) {
    list.addEventListener("change", note);
    list.querySelector("[name=do]").addEventListener("click", (event) => { event.preventDefault(); note(); });
  }

  // The hold: renewed every few minutes while the page is open, also while the register is read in another tab; after
  // IDLE_MS without a sign of anybody it runs out. Lost, it is said by whom; nothing typed is touched.
  if (!desk || !desk.dataset.renew) return;
  const RENEW_EVERY_MS = 4 * 60 * 1000, IDLE_MS = 45 * 60 * 1000, TICK_MS = 15 * 1000;
  const words = desk.querySelector("[data-lease]"), badge = words.closest(".badge");
  let until = new Date(desk.dataset.until), moved = Date.now(), asked = Date.now(), isLost = false;
  const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
  const say = () => {
    if (isLost) return;
    const left = Math.ceil((until - Date.now()) / 60000);
    words.textContent = left > 0 ? desk.dataset.left.replace("{t}", clock.format(until)).replace("{n}", left) : desk.dataset.over;
    badge.classList.toggle("ok", left > 0);
    badge.classList.toggle("draft", left <= 0);
  };
  const renew = async () => {
    if (isLost) return;
    asked = Date.now();
    try {
      const answer = await post(desk.dataset.renew), body = await answer.json();
      if (answer.ok) { until = new Date(body.until); say(); return; }
      isLost = true;
      words.textContent = live.textContent = desk.dataset.lost + body.reason + desk.dataset.kept;
      badge.classList.remove("ok", "draft");
      badge.classList.add("stop");
    } catch {
      live.textContent = document.body.dataset.offline;
    }
  };
  const onMove = () => {
    moved = Date.now();
    if (moved - asked > RENEW_EVERY_MS) renew();
  };
  ["pointermove", "keydown", "scroll"].forEach((name) => addEventListener(name, onMove, { passive: true }));
  addEventListener("focus", onMove);
  setInterval(() => { if (Date.now() - moved < IDLE_MS) renew(); }, RENEW_EVERY_MS);
  setInterval(say, TICK_MS);
  say();
})();
