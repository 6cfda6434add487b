// portal.js: what every page does a little better with a script. Nothing here is needed to read or to send a form.
(() => {
  "use strict";

  const live = document.getElementById("live");
  const say = (words) => { if (live && words) live.textContent = words; };

  // The CSRF cookie's value goes with every htmx request; forms carry their own field as well.
  const token = () => (document.cookie.match(/(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/) || [])[1];
  document.addEventListener("htmx:configRequest", (event) => {
    const value = token();
    if (value) event.detail.headers["X-CSRFToken"] = value;
  });

  // ?at=<block id> survives sign-in and the gate, which a #fragment does not: turn it into one, once.
  const showPlace = () => {
    const at = new URLSearchParams(location.search).get("at") || "";
    const place = /^[\w-]{1,40}$/.test(at) && document.getElementById(at);
    if (!place || location.hash) return;
    location.replace("#" + at);
    place.classList.add("lit");
    place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
  };

  // A form shown again: the list of what to mend gets the focus, so that it is read first.
  const focusSummary = (root) => {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
    return Boolean(summary);
  };

  // The skip link moves the focus and leaves the address alone: with #main in it a form shown again would begin there,
  // not at what is to be mended.
  document.addEventListener("click", (event) => {
    const main = event.target.closest && event.target.closest("a.skip") && document.getElementById("main");
    if (!main) return;
    event.preventDefault();
    main.focus({ preventScroll: true });
    main.scrollIntoView({ block: "start" });
  });

  // A second press sends nothing twice; a lost connection or a turn back frees the form again, with what was typed.
  const SENDING = "sending", FREE_AFTER_MS = 8000;
  const free = (form) => {
    delete form.dataset[SENDING];
    form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || (form.hasAttribute("data-hx-post") || form.hasAttribute("hx-post")) || form.hasAttribute("data-upload") || event.defaultPrevented) return;
    if (form.dataset[SENDING]) { event.preventDefault(); return; }
    form.dataset[SENDING] = "1";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
    setTimeout(() => free(form), FREE_AFTER_MS);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form").forEach(free); });

  // After htmx put something in place: what is wrong first, else what asks for the focus, else say what came. Where the
  // focus stood in what was taken away, it goes to the first stop of what came instead.
  const STOPS = "a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex]";
  let stoodInside = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const now = document.activeElement;
    stoodInside = now && now !== document.body ? event.detail.target.contains(now) : stoodInside;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const arrived = event.detail.elt;
    if (!arrived || focusSummary(arrived)) return;
    const wanted = arrived.matches("[data-focus]") ? arrived : arrived.querySelector("[data-focus]");
    if (wanted) {
      if (!wanted.hasAttribute("tabindex") && wanted.tabIndex < 0) wanted.setAttribute("tabindex", "-1");
      wanted.focus();
    } else if (stoodInside && document.activeElement === document.body) {
      const first = arrived.matches(STOPS) ? arrived : arrived.querySelector(STOPS);
      if (first) first.focus({ preventScroll: true });
    }
    if (document.activeElement !== document.body) stoodInside = false;
    const news = arrived.matches("[data-announce]") ? arrived : arrived.querySelector("[data-announce]");
    if (news) say(news.dataset.announce);
  });

  // A part of the page that did not come: said where it would stand, with a way to ask again; asked again by itself
  // when the network is back. A form that was not sent says so by itself or in the toast.
  const lost = new Set();
  const said = (words, act) => {
    const note = document.createElement("div"), text = document.createElement("p"), button = document.createElement("button");
    note.className = "note caution slim missed";
    text.textContent = words;
    button.type = "button";
    button.className = "btn slim";
    button.textContent = document.body.dataset.again;
    button.addEventListener("click", act);
    note.append(text, button);
    return note;
  };
  const toast = (words) => {
    const place = document.getElementById("toast"), text = document.createElement("p"), close = document.createElement("button");
    if (!place) return say(words);
    text.textContent = words;
    close.type = "button";
    close.className = "btn slim plain";
    close.textContent = document.body.dataset.close;
    close.addEventListener("click", () => place.replaceChildren());
    place.replaceChildren(text, close);
  };
  const missed = (event, words) => {
    const { elt, target, requestConfig: config } = event.detail;
    if (!config || config.verb !== "get" || elt.matches("[data-hx-swap=none], [data-hx-trigger*=every]")) {
      if (!elt.matches("[data-write]")) toast(words);
      return;
    }
    say(words);
    const place = elt.closest(".pager, .row") || elt;
    if (place.nextElementSibling && place.nextElementSibling.matches(".missed")) return;
    const again = () => {
      lost.delete(again);
      note.remove();
      if (elt.isConnected) window.htmx.ajax("GET", config.path, { source: elt, target, swap: elt.getAttribute("data-hx-swap") });
    };
    const note = said(words, again);
    lost.add(again);
    place.after(note);
  };
  const offline = (event) => missed(event, document.body.dataset.offline);
  document.addEventListener("htmx:sendError", offline);
  document.addEventListener("htmx:timeout", offline);
  document.addEventListener("htmx:responseError", (event) => missed(event, document.body.dataset.down));
  addEventListener("online", () => [...lost].forEach((again) => again()));

  // Drafts of comments, and where one was in an article, go with the person.
  document.addEventListener("submit", (event) => {
    if (!new URL(event.target.getAttribute("action") || "", location.href).pathname.endsWith("/accounts/logout/")) return;
    Object.keys(sessionStorage).filter((name) => name.startsWith("draft:")).forEach((name) => sessionStorage.removeItem(name));
    Object.keys(localStorage).filter((name) => name.startsWith("place:")).forEach((name) => localStorage.removeItem(name));
  });

  // The contents list marks the section being read.
  const followReading = () => {
    const links = new Map([...document.querySelectorAll(".toc.side a[href^='#']")].map((a) => [a.hash.slice(1), a]));
    if (!links.size || !("IntersectionObserver" in window)) return;
    const seen = new IntersectionObserver((entries) => {
      const entry = entries.find((e) => e.isIntersecting);
      if (!entry) return;
      links.forEach((a) => a.removeAttribute("aria-current"));
      links.get(entry.target.id).setAttribute("aria-current", "true");
    }, { rootMargin: "0px 0px -70% 0px" });
    links.forEach((_a, id) => { const target = document.getElementById(id); if (target) seen.observe(target); });
  };

  showPlace();
  focusSummary(document);
  followReading();
})();
