// strategy.js: the tool answers as one goes. What is entered goes to the tool by POST and lives in this page alone.
(() => {
  "use strict";

  const FORM = "form[data-strategy]";
  const live = document.getElementById("live");
  const answered = (root) => [...root.querySelectorAll("[data-question]")].filter((q) => q.querySelector(":checked")).length;
  const inWords = (form, question) => {
    const chosen = [...question.querySelectorAll("input:checked")].map((input) => input.parentElement.textContent.trim());
    return chosen.length && question.querySelector("legend").textContent + form.dataset.colon + chosen.join(form.dataset.comma);
  };
  const count = (form) => {
    form.querySelectorAll("[data-step-fold]").forEach((fold) => {
      const all = fold.querySelectorAll("[data-question]").length, done = answered(fold);
      const figure = fold.querySelector("[data-answered]");
      figure.textContent = String(done);
      figure.closest(".badge").classList.toggle("ok", done === all);
      const told = [...fold.querySelectorAll("[data-question]")].map((q) => inWords(form, q)).filter(Boolean);
      const summary = fold.querySelector("[data-summary]");
      summary.textContent = told.join(form.dataset.semicolon) || summary.dataset.topics;
    });
    const dock = form.querySelector(".dock [data-answered]");
    if (dock) dock.textContent = String(answered(form));
  };

  // "None" and "unknown" do not go with another value of the same question.
  const keepExclusive = (input) => {
    if (input.type !== "checkbox" || !input.checked) return;
    input.closest("[data-question]").querySelectorAll("input:checked").forEach((other) => {
      if (other !== input && (input.hasAttribute("data-exclusive") || other.hasAttribute("data-exclusive"))) other.checked = false;
    });
  };

  // Questions that no longer change anything are set aside, never an answered one nor the one being answered.
  const setAside = (form, matters) => {
    form.querySelectorAll("[data-step-fold]").forEach((fold) => {
      const rest = fold.querySelector("[data-rest]"), aside = rest.querySelector(":scope > div");
      fold.querySelectorAll("[data-question]").forEach((question) => {
        const idle = !matters.has(question.id.slice(2)) && !question.querySelector(":checked");
        if (idle === aside.contains(question) || question.contains(document.activeElement)) return;
        if (idle) aside.append(question);
        else rest.before(question);
      });
      rest.querySelector("[data-rest-count]").textContent = String(aside.children.length);
      rest.hidden = !aside.children.length;
    });
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest && event.target.closest(FORM);
    if (!form) return;
    keepExclusive(event.target);
    count(form);
  });

  // A link to a question opens the folds that hold it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-correct]");
    const question = link && document.getElementById("q-" + link.dataset.correct);
    if (!question) return;
    event.preventDefault();
    for (let fold = question.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    question.focus();
    question.scrollIntoView({ block: "start" });
  });

  // An answer that comes because something was ticked leaves the page where it is, and the focus; one asked for by the
  // button is gone to.
  let asked = false, held = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.matches(FORM)) return;
    const cause = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    asked = Boolean(cause && cause.type === "submit");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "strategy-answer" || asked) return;
    const at = document.activeElement && document.activeElement.closest(FORM) ? document.activeElement : document.querySelector(FORM);
    held = at && { at, top: at.getBoundingClientRect().top };
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const arrived = event.detail.elt;
    document.querySelectorAll(FORM).forEach(count);
    offer(document);
    const part = document.querySelector("#strategy-answer > [data-status]"), form = document.querySelector(FORM);
    if (!part || !form || !arrived.closest || !(arrived.id === "strategy-answer" || arrived.id === "strategy-work" || arrived.closest("#strategy-answer"))) return;
    if (part.dataset.matters !== undefined) setAside(form, new Set(part.dataset.matters.split(" ")));
    const dock = form.querySelector("[data-dock]"), heading = part.querySelector("#strategy-result");
    if (dock && heading) dock.textContent = heading.textContent;
    if (asked || arrived.id === "strategy-work") {
      asked = false;
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start" });
    } else if (held) {
      scrollBy(0, held.at.getBoundingClientRect().top - held.top);
      if (live) live.textContent = part.dataset.announce;
    }
    held = null;
  });

  // Printing and copying need a script; without one the text stands there to be marked.
  const offer = (root) => root.querySelectorAll("[data-print][hidden], [data-copy][hidden]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-print")) { print(); return; }
    const text = document.getElementById(button.dataset.copy);
    const done = () => { button.textContent = button.dataset.copied; if (live) live.textContent = button.dataset.copied; };
    const byHand = () => { text.closest("details").open = true; text.focus(); text.select(); };
    if (navigator.clipboard) navigator.clipboard.writeText(text.value).then(done, byHand);
    else byHand();
  });

  // Going back brings old ticks with it: count again.
  addEventListener("pageshow", () => document.querySelectorAll(FORM).forEach(count));
  offer(document);
})();
