// desk.js: the review desk by keyboard. Every key stands on the page: data-key on what it presses, <kbd> beside its words.
// Never inside a field, never with a modifier; one press switches all of them off (WCAG 2.1.4), and it is remembered.
// data-focus-only: the key moves the focus there and Enter acts, so that no single key decides anything.
(() => {
  "use strict";

  const OFF = "desk-keys-off";
  const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const toggle = document.querySelector("[data-toggle-keys]");
  const show = () => {
    document.querySelectorAll("[data-keys]").forEach((part) => { part.hidden = false; });
    if (toggle) toggle.textContent = isOff() ? toggle.dataset.off : toggle.dataset.on;
    document.querySelectorAll("[data-without-keys]").forEach((part) => { part.hidden = true; });
    document.body.classList.add("keys-live");
    document.body.classList.toggle("keys-off", isOff());
  };
  if (toggle) toggle.addEventListener("click", () => {
    try { localStorage.setItem(OFF, isOff() ? "0" : "1"); } catch { return; }
    show();
  });
  show();

  const FIELDS = { m: "id_message", d: "id_why", "/": "id_q" };
  const IN_FIELD = "textarea, select, input:not([type=checkbox]):not([type=radio]), [contenteditable]";
  const seen = (element) => element && !element.closest("[hidden]");
  const rows = () => [...document.querySelectorAll("[data-row]")];

  const move = (step) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next) next.focus();
    return Boolean(next);
  };
  const press = (key, target) => {
    if (target.matches("[data-focus-only], input[type=radio]")) { target.focus(); return; }
    const folded = target.closest("details:not([open])");
    if (folded && !target.closest("summary")) folded.open = true;
    target.click();
    if (target.matches("[data-digit], summary")) target.focus();
    if (key === "?") target.scrollIntoView({ block: "nearest" });
  };
  const wanted = (key) => {
    const field = FIELDS[key] && document.getElementById(FIELDS[key]);
    if (seen(field)) return field;
    const found = [...document.querySelectorAll(/^[1-9]$/.test(key) ? `[data-digit="${key}"]` : `[data-key="${CSS.escape(key)}"]`)];
    return found.find(seen);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || isOff()) return;
    if (event.target.closest(IN_FIELD)) return;
    const key = event.key.toLowerCase();
    if ((key === "j" || key === "k") && rows().length) {
      if (move(key === "j" ? 1 : -1)) event.preventDefault();
      return;
    }
    const target = wanted(key);
    if (!target) {
      const box = key === "o" && event.target.closest("tr")?.querySelector(".pick input");
      if (box) { event.preventDefault(); box.click(); return; }
      if (key === "q" && !document.querySelector('[data-key="q"]')) {
        const queue = document.querySelector("header nav a[aria-current], header nav a");
        if (queue) queue.click();
      }
      return;
    }
    event.preventDefault();
    if (target.matches(IN_FIELD)) target.focus(); else press(key, target);
  });
})();

// Lists: how many rows are ticked, all of a page at once. An act on none is not sent.
(() => {
  "use strict";

  const form = document.getElementById("changelist-form"), all = form && form.querySelector("[data-all]");
  const said = form && form.querySelector("[data-ticked]");
  if (!all || !said) return;
  const boxes = [...form.querySelectorAll("[name=_selected_action]")];
  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    said.textContent = count ? said.dataset.ticked.replace("{n}", count) : said.dataset.none;
  };
  all.hidden = false;
  all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); show(); });
  form.addEventListener("change", (event) => { if (event.target !== all) show(); });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "action" || boxes.some((box) => box.checked)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    boxes[0].focus();
  });
  show();
})();

// #keys opens the list of keys it leads to.
(() => {
  "use strict";
  const open = () => { if (location.hash === "#keys") document.querySelector("#keys details").open = true; };
  addEventListener("hashchange", open);
  open();
})();
