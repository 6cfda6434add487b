// import.js: read a file into the box of a rule set's text. Without this script the text is pasted.
(() => {
  "use strict";

  const line = document.querySelector("[data-fill]");
  const box = line && document.getElementById(line.dataset.fill);
  if (!box) return;
  line.hidden = false;
  line.querySelector("input").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (file) box.value = await file.text();
  });
})();
