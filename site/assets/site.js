// What the site adds to a page. A classic script: it runs from a file as from a server.
(() => {
  "use strict";

  // ---- terms: their explanation at the pointer or at the focus, Escape puts it away ----

  const tip = document.createElement("div");
  Object.assign(tip, { id: "pp-tip", className: "pp-tip", hidden: true });
  tip.setAttribute("role", "tooltip");

  function show(link, words) {
    tip.textContent = words;
    tip.hidden = false;
    link.setAttribute("aria-describedby", tip.id);
    const at = link.getClientRects()[0], wide = document.documentElement.clientWidth;
    const left = Math.max(12, Math.min(at.left, wide - tip.offsetWidth - 12));
    const below = at.bottom + tip.offsetHeight + 14 < window.innerHeight;
    const top = below ? at.bottom + 6 : at.top - tip.offsetHeight - 6;
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${top + window.scrollY}px`;
  }

  function hide(link) {
    tip.hidden = true;
    link.removeAttribute("aria-describedby");
  }

  function explain(link) {
    const words = window.perpeduTerms?.[decodeURIComponent(link.hash.slice(1))];
    if (!words) return;
    for (const on of ["mouseenter", "focus"]) link.addEventListener(on, () => show(link, words));
    for (const off of ["mouseleave", "blur"]) link.addEventListener(off, () => hide(link));
    link.addEventListener("keydown", event => { if (event.key === "Escape") hide(link); });
  }

  // ---- wide boxes can be scrolled by keyboard, too ----

  const WIDE = "table:not(.pp-table), div.math, mjx-container[display=true], pre, .pp-ledger, .pp-verdicts";

  function reach() {
    for (const box of document.querySelectorAll(`.bd-article :is(${WIDE}), .pp-scroll, .pp-still`)) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      if (wide && !box.hasAttribute("tabindex")) box.tabIndex = 0;
    }
  }

  function start() {
    document.body.append(tip);
    document.querySelectorAll("a:has(> .std-term)").forEach(explain);
    reach();
    window.MathJax?.startup?.promise?.then(reach);
    window.addEventListener("resize", reach);
  }

  if (document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
})();
