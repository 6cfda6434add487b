// Runs in every page of a keyboard journey: hears the live regions, and tells of each stop what a person there sees.
(() => {
  "use strict";
  const LIVE = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  const heard = [], known = new WeakSet();
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const hear = (region, isNew) => { if (words(region)) heard.push({ words: words(region), isNew, role: region.getAttribute("role") || "" }); };
  const listen = (region) => {
    if (known.has(region)) return;
    known.add(region);
    new MutationObserver(() => { if (region.isConnected) hear(region, false); }).observe(region, { childList: true, characterData: true, subtree: true });
  };
  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(LIVE).forEach(listen);
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
      if (node.nodeType !== 1) return;
      [node, ...node.querySelectorAll(LIVE)].filter((each) => each.matches(LIVE) && !known.has(each)).forEach((region) => {
        hear(region, true);
        listen(region);
      });
    }))).observe(document.body, { childList: true, subtree: true });
  });

  const RINGLESS = /^(none|0px)?$/;
  const hasRing = (element) => {
    const style = getComputedStyle(element);
    return (!RINGLESS.test(style.outlineStyle) && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const label = (element) => (element.labels && element.labels[0]) || element;
  // A box may be drawn on its label, its cell or its row: up to three steps out, as far as :focus-within may reach.
  const isRinged = (element) => {
    for (let each = element, steps = 0; each && steps < 4; each = each.parentElement, steps += 1) if (hasRing(each)) return true;
    return hasRing(label(element));
  };
  const box = (element) => {
    const own = element.getClientRects()[0] || element.getBoundingClientRect();
    return own.width > 3 && own.height > 3 ? own : label(element).getBoundingClientRect();
  };
  const seenShare = (element) => {
    const at = box(element), left = Math.max(at.left, 0), right = Math.min(at.right, innerWidth);
    const top = Math.max(at.top, 0), bottom = Math.min(at.bottom, innerHeight);
    if (right - left < 1 || bottom - top < 1) return 0;
    const points = [[0.5, 0.5], [0.15, 0.2], [0.85, 0.2], [0.15, 0.8], [0.85, 0.8]];
    const hits = points.filter(([x, y]) => {
      const hit = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
      return hit && (element.contains(hit) || hit.contains(element) && !hit.matches("header, [class*=dock]") || label(element).contains(hit));
    });
    return hits.length / points.length;
  };
  const named = (element) => `${element.localName}${element.id ? "#" + element.id : ""}${element.name ? "[" + element.name + "]" : ""} 「${(element.getAttribute("aria-label") || words(label(element)) || element.value || "").slice(0, 40)}」`;
  let before = null;

  window.__keys = {
    // What is wrong with where the focus stands; `wanted` is the element one is on the way to.
    stop(wanted) {
      const now = document.activeElement;
      if (!now || now === document.body || now === document.documentElement) { before = null; return { at: "", isThere: false, wrong: [] }; }
      const wrong = [], frame = now.localName === "iframe";
      if (now.tabIndex > 0) wrong.push("has a tabindex of its own");
      if (!frame && !isRinged(now)) wrong.push("shows no focus ring");
      if (seenShare(now) < 0.6) {
        const at = box(now), over = document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
        wrong.push(`is covered or out of sight: ${over ? over.localName + "." + over.className : "outside the window"}`);
      }
      const jumped = !now.matches("a.skip") && before && before.isConnected && before !== now && !(before.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING);
      before = now;
      const group = wanted && now.type === "radio" && wanted.type === "radio" && now.name === wanted.name && now.form === wanted.form;
      return { at: named(now), isThere: now === wanted || Boolean(group), isBack: Boolean(jumped), wrong };
    },
    // What arrived above pushed the stop out of the window after the browser had scrolled to it: look where it is now.
    follow() { if (seenShare(document.activeElement) === 0) document.activeElement.scrollIntoView({ block: "nearest", behavior: "instant" }); },
    forget() { before = null; },
    heard() { return heard.splice(0); },
    isLost() { return !document.activeElement || document.activeElement === document.body; },
    // Everything a person should come by with Tab: one of a group of radio buttons, nothing hidden or folded away.
    all() {
      const found = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], [contenteditable=true]");
      const groups = new Set();
      return [...found].filter((each) => {
        if (each.disabled || each.tabIndex < 0 || each.closest("[inert], [hidden]") || !each.checkVisibility({ visibilityProperty: true })) return false;
        if (each.type !== "radio") return true;
        const group = each.name;
        if (groups.has(group)) return false;
        groups.add(group);
        return true;
      }).map(named);
    },
  };
})();
