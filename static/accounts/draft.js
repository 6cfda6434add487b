// draft.js: what was typed into a form of the journey outlives an expired session, a server's error, a change of language.
// It lies in this tab's sessionStorage only while the page is away: for the same person (the name of the draft is bound to
// them), for half an hour, until the next step comes or they sign out (portal.js drops every "draft:"). What the portal
// itself keeps only encrypted (data-private), passwords, files and hidden fields are never written.
// Contract: form[data-keep="<name>"], somewhere [data-kept-note] and [data-unsent-note] (hidden, spoken when shown).
(() => {
  "use strict";
  const PREFIX = "draft:step:", KEPT_MS = 30 * 60 * 1000;
  const form = document.querySelector("form[data-keep]"), note = document.querySelector("[data-kept-note]"), unsent = document.querySelector("[data-unsent-note]");
  const name = form ? PREFIX + form.dataset.keep : "";
  let store;
  try { store = window.sessionStorage; } catch { return; }
  if (!store) return;
  Object.keys(store).filter((key) => key.startsWith(PREFIX) && key !== name).forEach((key) => store.removeItem(key));
  if (!form) return;

  const fields = () => [...form.elements].filter((field) => field.name && !field.matches("button, [type=hidden], [type=password], [type=file], [data-private]"));
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";
  const typed = () => fields().filter((field) => !isTick(field) || field.checked).map((field) => [field.name, field.value]);
  const isShownAgain = Boolean(document.querySelector("[data-error-summary]"));
  let isChanged = isShownAgain;

  const restore = () => {
    let kept;
    try { kept = JSON.parse(store.getItem(name)); } catch { return; }
    store.removeItem(name);
    if (!kept || isShownAgain || Date.now() - kept.at > KEPT_MS) return;
    const before = JSON.stringify(typed());
    fields().forEach((field) => {
      const values = kept.fields.filter(([key]) => key === field.name).map(([, value]) => value);
      if (isTick(field)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    });
    isChanged = JSON.stringify(typed()) !== before;
    if (isChanged && note) note.hidden = false;
    form.querySelectorAll("details:not([open])").forEach((fold) => { if (isChanged) fold.open = true; });
  };

  form.addEventListener("input", () => { isChanged = true; });
  addEventListener("pagehide", () => {
    if (!isChanged) return;
    try { store.setItem(name, JSON.stringify({ at: Date.now(), fields: typed() })); } catch { isChanged = false; }
  });
  // Without a network nothing leaves the page, so that nothing has to come back.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || navigator.onLine || !unsent) return;
    event.preventDefault();
    unsent.hidden = false;
    unsent.scrollIntoView({ block: "nearest" });
  }, true);
  addEventListener("online", () => { if (unsent) unsent.hidden = true; });
  restore();
})();
