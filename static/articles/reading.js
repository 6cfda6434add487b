// reading.js: touch a paragraph to comment on it; from a reference back to its sentence; where one was the last time.
// Without this script the form's list of headings and the browser's way back do the same.
(() => {
  "use strict";

  const prose = document.querySelector(".prose[data-word-comment]");
  if (!prose) return;

  // From a reference or a note back to the sentence that named it.
  const back = document.createElement("a");
  back.className = "back-here";
  back.textContent = prose.dataset.wordBack;
  prose.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#ref-'], a.mark[href^='#']");
    const block = link && link.closest("[id^='b-']"), named = link && document.getElementById(link.hash.slice(1));
    if (!block || !named) return;
    back.href = "#" + block.id;
    named.append(back);
  });
  back.addEventListener("click", () => setTimeout(() => back.remove()));

  // Where one was: kept in this browser for this person, offered above the text, never jumped to.
  const PLACE = "place:" + prose.dataset.place, FIRST_BLOCKS = 6;
  const blocks = [...prose.querySelectorAll(":is(p, li, h2, h3, h4, blockquote)[id^='b-']")];
  const keep = () => {
    const at = blocks.findIndex((block) => block.getBoundingClientRect().bottom > 80);
    try {
      if (at >= FIRST_BLOCKS) localStorage.setItem(PLACE, blocks[at].id);
      else if (at >= 0) localStorage.removeItem(PLACE);
    } catch (full) { console.info("no room for the place", full.name); }
  };
  const headingOf = (block) => blocks.slice(0, blocks.indexOf(block) + 1).reverse().find((other) => /^H[23]$/.test(other.tagName));
  const kept = blocks.find((block) => block.id === localStorage.getItem(PLACE));
  const toast = document.getElementById("toast");
  if (kept && headingOf(kept) && toast && !location.hash && !toast.children.length) {
    const said = document.createElement("p"), link = document.createElement("a"), close = document.createElement("button");
    const away = () => toast.replaceChildren();
    link.href = "#" + kept.id;
    link.textContent = headingOf(kept).textContent;
    link.lang = "zh-Hans";
    link.addEventListener("click", () => setTimeout(away));
    close.type = "button";
    close.className = "btn slim plain";
    close.textContent = prose.dataset.wordClose;
    close.addEventListener("click", away);
    said.append(prose.dataset.wordLeft + " ", link);
    toast.replaceChildren(said, close);
    addEventListener("scroll", () => { if (scrollY > innerHeight * 2) away(); }, { passive: true });
  }
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });

  const select = document.querySelector("#write select[name=anchor]");
  const text = document.querySelector("#write textarea[name=body]");
  if (!select || !text) return;

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
