// strategy.js: the tool's form counts its answers as one goes. Nothing leaves the page before the button is pressed.
(() => {
  "use strict";

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

  document.addEventListener("change", (event) => {
    const form = event.target.closest && event.target.closest("form[data-strategy]");
    if (!form) return;
    keepExclusive(event.target);
    count(form);
  });

  // A link to a question opens the fold that holds it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-correct]");
    const question = link && document.getElementById("q-" + link.dataset.correct);
    if (!question) return;
    event.preventDefault();
    question.closest("details").open = true;
    question.focus();
    question.scrollIntoView({ block: "start" });
  });

  // Going back brings old ticks with it: count again.
  const all = () => document.querySelectorAll("form[data-strategy]").forEach(count);
  addEventListener("pageshow", all);
  document.addEventListener("htmx:afterSettle", all);
})();
