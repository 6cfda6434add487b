// passkeys.js: shows the passkey buttons where the browser has passkeys, and says in words what went wrong.
(() => {
  "use strict";
  const words = document.getElementById("passkey-words");
  const able = window.isSecureContext && "PublicKeyCredential" in window;
  document.querySelectorAll("[data-needs-passkey]").forEach((part) => { part.hidden = !able; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const name = event.detail.exception && event.detail.exception.name;
    const said = document.querySelector(".said");
    if (!words || !said) return;
    const note = document.createElement("p");
    note.className = "note caution";
    note.textContent = name === "NotAllowedError" || name === "AbortError" ? words.dataset.cancelled
      : name === "InvalidStateError" ? words.dataset.known : words.dataset.failed;
    said.replaceChildren(note);
  });
})();
