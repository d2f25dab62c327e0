// What the site adds to a page. A classic script: it runs from a file as from a server.
(() => {
  "use strict";

  // ---- terms: their explanation at the pointer, at the focus or under the finger ----
  // It stays while the pointer is on it; Escape or a tap elsewhere puts it away.

  const tip = document.createElement("div");
  Object.assign(tip, { id: "pp-tip", className: "pp-tip", hidden: true });
  tip.setAttribute("role", "tooltip");
  let owner = null, leaving = 0;

  function show(link, words) {
    hide();
    owner = link;
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

  function hide() {
    clearTimeout(leaving);
    tip.hidden = true;
    owner?.removeAttribute("aria-describedby");
    owner = null;
  }

  const stay = () => clearTimeout(leaving);
  function leave() {
    stay();
    leaving = setTimeout(hide, 160);
  }

  function explain(link) {
    const words = window.perpeduTerms?.[decodeURIComponent(link.hash.slice(1))];
    if (!words) return;
    let first = false;
    link.addEventListener("mouseenter", () => show(link, words));
    link.addEventListener("mouseleave", leave);
    link.addEventListener("focus", () => show(link, words));
    link.addEventListener("blur", hide);
    // the first tap explains, the second one follows the link
    link.addEventListener("pointerdown", event => {
      first = event.pointerType === "touch" && owner !== link;
    });
    link.addEventListener("click", event => {
      if (!first) return;
      first = false;
      event.preventDefault();
      show(link, words);
    });
  }

  function terms() {
    document.body.append(tip);
    document.querySelectorAll("a:has(> .std-term)").forEach(explain);
    tip.addEventListener("mouseenter", stay);
    tip.addEventListener("mouseleave", leave);
    document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
    document.addEventListener("pointerdown", event => {
      if (owner && !tip.contains(event.target) && !owner.contains(event.target)) hide();
    });
  }

  // ---- wide boxes can be scrolled by keyboard, too ----

  const WIDE = "div.math, mjx-container[display=true], pre, .pp-ledger, .pp-derivation, .pp-worked td, .pp-derivation td, .pp-numbers, .pp-formula, "
    + ".pst-scrollable-table-container, .pp-scroll, .pp-still, .pp-figure details";

  function reach() {
    for (const box of document.querySelectorAll(`.bd-article :is(${WIDE})`)) {
      const wide = box.scrollWidth > box.clientWidth;
      if (wide && !box.hasAttribute("tabindex")) box.tabIndex = 0;
    }
  }

  // ---- what the theme calls its parts: a button what is written on it, an entry of a list so ----

  function name() {
    for (const node of document.querySelectorAll("button[aria-label], summary[aria-label]")) {
      const words = node.innerText.trim();
      if (words) node.removeAttribute("aria-label");
    }
    for (const icon of document.querySelectorAll("button[aria-label] i")) {
      icon.setAttribute("aria-hidden", "true");
    }
    for (const entry of document.querySelectorAll("[role=list] > [role=doc-biblioentry]")) {
      entry.setAttribute("role", "listitem");
    }
  }

  // ---- a verdict without a number shows no dash for it ----

  function bare() {
    for (const cell of document.querySelectorAll(".pp-verdicts td")) {
      cell.hidden = cell.textContent === "–";
    }
  }

  // ---- the audit: what is chosen and what is searched, and how much of it there is ----

  function audit() {
    const form = document.querySelector(".pp-audit");
    if (!form) return;
    const items = [...document.querySelectorAll(".pp-items > li")];
    const text = new Map(items.map(item => [item, item.textContent.toLowerCase()]));
    const words = form.querySelector("[type=search]"), said = form.querySelector("[role=status]");
    const chosen = [...form.querySelectorAll("select")];

    function sift() {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const item of items) {
        item.hidden = !(chosen.every(one => !one.value || item.dataset[one.name] === one.value)
          && wanted.every(word => text.get(item).includes(word)));
      }
      for (const list of document.querySelectorAll(".pp-items")) {
        list.closest("section").hidden = !list.querySelector("li:not([hidden])");
      }
      const left = items.filter(item => !item.hidden).length;
      said.textContent = left === items.length ? `All ${left} items`
        : left ? `${left} of ${items.length} items` : "No item fits; “Show all” brings them back.";
    }

    // a link to an item shows it, whatever was chosen before
    function follow() {
      const aim = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!aim || !items.includes(aim) || !aim.hidden) return;
      form.reset();
      sift();
      aim.scrollIntoView();
    }

    form.hidden = false;
    form.addEventListener("submit", event => event.preventDefault());
    form.addEventListener("input", sift);
    form.addEventListener("reset", () => setTimeout(sift));
    window.addEventListener("hashchange", follow);
    sift();
  }

  // ---- a quiet row of dots at the end: one a card, and where it is ----

  const STATES = { right: ["●", "answered"], tried: ["◐", "tried"] };

  function dots() {
    const cards = [...document.querySelectorAll(".pp-element[data-pp=card]")];
    const article = document.querySelector("article");
    if (cards.length < 2 || !article) return;
    const row = document.createElement("nav");
    row.className = "pp-dots";
    row.setAttribute("aria-label", "The cards of this page");
    const links = cards.map(card => {
      const link = document.createElement("a");
      link.href = `#${card.id}`;
      row.append(link);
      return [card, link];
    });
    const paint = () => {
      for (const [card, link] of links) {
        const [dot, state] = STATES[card.dataset.done] ?? ["○", "open"];
        const title = card.querySelector(".pp-title")?.textContent ?? "";
        link.textContent = dot;
        link.title = `${title}: ${state}`;
        link.setAttribute("aria-label", link.title);
      }
    };
    paint();
    document.addEventListener("pp-done", paint);
    article.append(row);
  }

  function start() {
    terms();
    name();
    bare();
    audit();
    dots();
    reach();
    window.addEventListener("load", () => window.MathJax?.startup?.promise?.then(reach));
    window.addEventListener("resize", reach);
  }

  if (document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
})();
