// reading.js: touch a paragraph to comment on it. Without this script the form's list of headings says the same.
(() => {
  "use strict";

  const prose = document.querySelector(".prose[data-word-comment]");
  const select = document.querySelector("#write select[name=anchor]");
  const text = document.querySelector("#write textarea[name=body]");
  if (!prose || !select || !text) return;

  const offer = document.createElement("button");
  offer.type = "button";
  offer.className = "btn slim comment-here";
  offer.textContent = prose.dataset.wordComment;

  const blockOf = (node) => node.closest("p[id^='b-'], li[id^='b-'], blockquote[id^='b-'], h2[id^='b-'], h3[id^='b-'], h4[id^='b-']");
  prose.addEventListener("click", (event) => {
    if (event.target.closest("a, button, aside, form, details, summary, [data-slot]") || String(getSelection())) return;
    const block = blockOf(event.target);
    if (!block || !prose.contains(block)) return;
    if (offer.dataset.block === block.id && offer.isConnected) { offer.remove(); return; }
    offer.dataset.block = block.id;
    if (block.tagName === "LI") block.append(offer); else block.after(offer);  // a list holds items alone
  });
  offer.addEventListener("click", () => {
    const block = document.getElementById(offer.dataset.block);
    offer.remove();
    const value = "block:" + block.id;
    if (![...select.options].some((option) => option.value === value)) {
      const own = block.cloneNode(true);
      own.querySelectorAll("aside, button, .mark, .cite").forEach((extra) => extra.remove());
      const words = own.textContent.trim();
      select.add(new Option(words.length > 30 ? words.slice(0, 29) + "…" : words, value));
    }
    select.value = value;
    text.focus();
  });
})();
