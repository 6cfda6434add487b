// strategy.js: the tool answers as one goes. What is entered goes to the tool by POST and lives in this page alone.
(() => {
  "use strict";

  const FORM = "form[data-strategy]", PARTS = ["strategy-answer", "strategy-work"];
  const live = document.getElementById("live");
  const theForm = () => document.querySelector(FORM);
  const theAnswer = () => document.getElementById("strategy-answer");
  const say = (words) => { if (live && words && live.textContent !== words) live.textContent = words; };

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
      const words = told.join(form.dataset.semicolon) || summary.dataset.topics;
      if (summary.textContent !== words) summary.textContent = words;  // the server's own keeps its names whole
    });
    form.querySelector(".dock [data-answered]").textContent = String(answered(form));
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
    newer = true;
    keepExclusive(event.target);
    count(form);
  });

  // A link to a question or a part opens the folds that hold it, and the focus goes there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(".work a[href^='#']");
    const place = link && document.getElementById(link.hash.slice(1));
    if (!place) return;
    event.preventDefault();
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (!place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  });

  // While an answer is on its way the old one is dimmed; where none came the line at the bottom says why, and tries again.
  const HTTP_NO_CONTENT = 204, HTTP_MISSING = 404, PATIENCE_MS = 250;
  let slow = 0, failed = false;
  const told = (words) => { const place = theForm().querySelector("[data-dock]"); if (words) place.textContent = words; };
  const busy = (is) => {
    clearTimeout(slow);
    const answer = theAnswer(), dock = theForm().querySelector(".dock");
    if (is) slow = setTimeout(() => { answer.setAttribute("aria-busy", "true"); dock.classList.add("busy"); told(theForm().dataset.busy); }, PATIENCE_MS);
    else { answer.removeAttribute("aria-busy"); dock.classList.remove("busy"); }
  };
  const standing = () => {
    const heading = document.getElementById("strategy-result");
    if (heading) told(heading.textContent);
  };
  const problem = (words, isSession) => {
    const form = theForm(), note = form.querySelector("[data-problem]");
    failed = Boolean(words);
    note.hidden = !failed;
    theAnswer().classList.toggle("outdated", failed && Boolean(document.getElementById("strategy-result")));
    form.querySelector("[data-login]").hidden = !isSession;
    note.querySelector("[data-why]").textContent = words || "";
    if (!failed) return;
    standing();
    say(words);
  };
  const ours = (event) => event.detail.target && PARTS.includes(event.detail.target.id) && theForm();
  const went = (event, words) => { if (ours(event)) { busy(false); problem(words(theForm().dataset)); } };
  document.addEventListener("htmx:sendError", (event) => went(event, (data) => data.offline));
  document.addEventListener("htmx:timeout", (event) => went(event, (data) => data.offline));
  document.addEventListener("htmx:responseError", (event) => went(event, (data) => (event.detail.xhr.status === HTTP_MISSING ? data.gone : data.failed)));
  // Signed out meanwhile: whoever is sent away loses what was entered. The sign-in opens beside this page.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    if (!theForm() || xhr.status !== HTTP_NO_CONTENT || !xhr.getResponseHeader("HX-Redirect") || !event.target.closest(".work")) return;
    event.preventDefault();
    busy(false);
    problem(theForm().dataset.ended, true);
  });
  const again = () => window.htmx.trigger(theForm(), "submit");
  document.addEventListener("click", (event) => { if (event.target.closest && event.target.closest("[data-retry]")) again(); });
  addEventListener("online", () => { if (failed && theForm()) window.htmx.trigger(theForm(), "change"); });

  // An answer that comes because something was ticked leaves the page where it is, and the focus; one asked for by the
  // button is gone to. The token is the cookie's: another tab may have signed in meanwhile.
  let asked = false, held = null, heard = "", newer = false;
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.headers["X-CSRFToken"] && event.target.closest(".work")) delete event.detail.parameters.csrfmiddlewaretoken;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event)) return;
    busy(true);
    if (!event.detail.elt.matches(FORM)) return;
    const cause = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    asked = Boolean(cause && cause.type === "submit");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // What would change the answer is of the answer shown, not of one still on its way.
    if (event.detail.target.id === "strategy-changes" && newer) event.detail.shouldSwap = false;
    if (event.detail.target.id !== "strategy-answer" || asked) return;
    const now = document.activeElement;
    const at = now && now !== document.body && now.closest(".ask") ? now : document.querySelector(".ask > :first-child");
    held = at && { at, top: at.getBoundingClientRect().top };
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const arrived = event.detail.elt, form = theForm();
    if (!form) return;
    count(form);
    offer(document);
    if (!arrived.closest || !(PARTS.includes(arrived.id) || arrived.closest("#strategy-answer")) || arrived.id === "strategy-changes") return;
    busy(false);
    problem("");
    newer = false;
    const part = theAnswer().querySelector(":scope > [data-status]");
    if (!part) { asked = false; held = null; return; }
    setAside(form, new Set(part.dataset.matters.split(" ")));
    standing();
    form.querySelectorAll(".to-form, [data-clear]").forEach((link) => { link.hidden = false; });
    const heading = part.querySelector("#strategy-result");
    if (asked || arrived.id === "strategy-work") {
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start" });
    } else if (held) {
      scrollBy(0, held.at.getBoundingClientRect().top - held.top);
    }
    if (part.dataset.news !== heard) say(part.dataset.news);
    heard = part.dataset.news;
    asked = false;
    held = null;
    follow();
  });

  // The list of parts marks the one being read.
  let watching = null;
  const follow = () => {
    if (watching) watching.disconnect();
    const links = new Map([...document.querySelectorAll(".parts a")].map((link) => [link.hash.slice(1), link]));
    if (!links.size || !("IntersectionObserver" in window)) return;
    watching = new IntersectionObserver((entries) => {
      const entry = entries.find((one) => one.isIntersecting);
      if (!entry) return;
      links.forEach((link) => link.removeAttribute("aria-current"));
      const link = links.get(entry.target.id), strip = link.closest("ul");
      link.setAttribute("aria-current", "true");
      strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
    }, { rootMargin: "0px 0px -70% 0px" });
    links.forEach((_link, id) => { const place = document.getElementById(id); if (place) watching.observe(place); });
  };

  // Printing and copying need a script; without one the text stands there to be marked. Where the browser forbids the
  // clipboard (WeChat does), the text is marked and the old way tried.
  const offer = (root) => root.querySelectorAll("[data-print][hidden], [data-copy][hidden]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-print")) { print(); return; }
    const text = document.getElementById(button.dataset.copy);
    const done = (words) => { button.textContent = words; say(words); };
    const byHand = () => {
      text.closest("details").open = true;
      text.focus();
      text.setSelectionRange(0, text.value.length);
      done(document.execCommand("copy") ? button.dataset.copied : button.dataset.byHand);
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text.value).then(() => done(button.dataset.copied), byHand);
    else byHand();
  });

  // Going back brings old ticks with it: count again.
  addEventListener("pageshow", () => document.querySelectorAll(FORM).forEach(count));
  offer(document);
  follow();
})();
