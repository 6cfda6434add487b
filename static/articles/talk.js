// talk.js: what is typed into a comment stays until it was sent, whatever the network does. Without this script the form
// posts a page. A form here is <form data-write>: htmx sends it, with the same idempotency_key as often as it takes.
(() => {
  "use strict";

  const STORE = "draft:";  // portal.js clears these at sign-out
  const AGAIN_MS = [3000, 10000, 30000];
  const waiting = new Map();  // form -> { tries, timer }

  const formOf = (event) => {
    const form = event.detail && event.detail.elt;
    return form && form.matches && form.matches("form[data-write]") ? form : null;
  };
  const key = (form) => STORE + form.dataset.draft;
  const textOf = (form) => form.elements.body;

  // A word in the form's own live region, with what one can do about it.
  const say = (form, words, ...actions) => {
    const place = form.querySelector(".said-here");
    place.replaceChildren();
    if (!words) return;
    const said = document.createElement("p");
    said.textContent = words;
    place.append(said, ...actions.map(([label, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn slim";
      button.textContent = label;
      button.addEventListener("click", act);
      return button;
    }));
  };

  // Drafts
  const store = (form) => {
    const body = textOf(form).value, anchor = form.elements.anchor ? form.elements.anchor.value : "";
    try {
      if (body.trim()) sessionStorage.setItem(key(form), JSON.stringify({ body, anchor }));
      else sessionStorage.removeItem(key(form));
    } catch (full) { console.info("no room for a draft", full.name); }
  };
  const forget = (form) => sessionStorage.removeItem(key(form));
  const restore = (form) => {
    const text = textOf(form), kept = sessionStorage.getItem(key(form));
    if (!kept || text.value) return;
    const draft = JSON.parse(kept);
    text.value = draft.body;
    const select = form.elements.anchor;
    if (select && [...select.options].some((option) => option.value === draft.anchor)) select.value = draft.anchor;
    say(form, form.dataset.kept, [form.dataset.clear, () => { text.value = ""; forget(form); say(form, ""); text.focus(); }]);
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest("form[data-write]");
    if (form) store(form);
  });

  // A lost connection: the words are held as they were sent, and sent again when there is a network.
  const stop = (form) => {
    const state = waiting.get(form);
    if (state) clearTimeout(state.timer);
    waiting.delete(form);
    textOf(form).readOnly = false;
  };
  const send = (form) => {
    const state = waiting.get(form);
    if (state) clearTimeout(state.timer);
    if (form.isConnected) form.requestSubmit();
  };
  const lost = (form) => {
    const state = waiting.get(form) || { tries: 0, timer: 0 };
    waiting.set(form, state);
    textOf(form).readOnly = true;  // another text under the same number would be refused
    say(form, form.dataset.lost, [form.dataset.again, () => send(form)],
      [form.dataset.edit, () => { stop(form); say(form, ""); textOf(form).focus(); }]);
    const pause = AGAIN_MS[state.tries++];
    if (pause) state.timer = setTimeout(() => send(form), pause);
  };
  addEventListener("online", () => [...waiting.keys()].forEach(send));

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    if (!form) return;
    store(form);
    say(form, form.dataset.sending);
  });
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => {
    const form = formOf(event);
    if (form) lost(form);
  }));
  document.addEventListener("htmx:responseError", (event) => {
    const form = formOf(event);
    if (!form) return;
    stop(form);
    say(form, form.dataset.failed, [form.dataset.again, () => send(form)]);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const form = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!form || !form.matches("form[data-write]")) return;
    const status = event.detail.xhr.status;
    if (status === 409 && !event.detail.xhr.responseText.includes("data-write")) {  // the number was used by another text
      event.detail.shouldSwap = false;
      stop(form);
      say(form, form.dataset.sentBefore);
    } else if (status === 200) {
      stop(form);
      forget(form);
    }
  });

  // The newest comment of one's own is lit; what it says of itself is said once, when it has the focus.
  document.addEventListener("htmx:afterSettle", () => document.querySelectorAll(".comment.lit").forEach((comment) => {
    const said = comment.querySelector("span[data-announce]");
    if (comment === document.activeElement) {
      comment.removeAttribute("data-focus");
      if (said) said.remove();
    } else if (!comment.hasAttribute("data-focus")) comment.classList.remove("lit");
  }));
  document.addEventListener("htmx:load", (event) => {
    const root = event.detail.elt;
    if (!root.querySelectorAll) return;
    [...(root.matches("form[data-write]") ? [root] : []), ...root.querySelectorAll("form[data-write]")].forEach(restore);
  });

  // The address of one comment that this page does not hold.
  const named = /^#c-([0-9a-f-]{36})$/.exec(location.hash);
  const form = document.querySelector("form[data-write]");
  if (named && form && !document.getElementById("c-" + named[1])) location.replace(form.action + "?comment=" + named[1]);
})();
