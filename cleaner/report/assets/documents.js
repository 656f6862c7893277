// The list of documents: search, filters, order, pages.

const PAGE = 50;
const ORDERS = {
  "as read": null,
  "most removed": (a, b) => lost(b) - lost(a),
  "most blocks removed": (a, b) => b[REMOVED] - a[REMOVED],
  "most edits": (a, b) => b[EDITED] - a[EDITED],
  "most duplicates": (a, b) => b[REPEATED] - a[REPEATED],
  longest: (a, b) => b[BEFORE] - a[BEFORE],
};
const lost = (entry) => (entry[BEFORE] ? 1 - entry[AFTER] / entry[BEFORE] : 0);

const listing = { text: "", rule: "", site: "", language: "", format: "", order: "as read", page: 0 };

/** The list, with one filter set if the address names one (`documents/rule/3`). */
function documentsPage(filter, value) {
  if (filter && filter in listing) Object.assign(listing, { text: "", rule: "", site: "", language: "", format: "", page: 0, [filter]: value });
  const all = data("documents");
  const results = h("div", {});
  const count = h("p", { class: "hint", role: "status" });
  const choose = (name, label, options) => h("label", {}, h("span", {}, label), h("select", {
    onchange: (event) => { listing[name] = event.target.value; listing.page = 0; draw(); },
  }, options.map(([key, text]) => h("option", { value: key, selected: listing[name] === key }, text))));
  const distinct = (column) => [...new Set(all.map((entry) => entry[column]))].sort().map((name) => [name, column === SITE ? siteName(name) : name || "(none)"]);
  const any = (name, options) => [["", name], ...options.filter(([key]) => key !== "")];

  function draw() {
    const found = matching(all);
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    listing.page = Math.min(listing.page, pages - 1);
    const shown = found.slice(listing.page * PAGE, (listing.page + 1) * PAGE);
    count.textContent = found.length === all.length ? plural(all.length, "document") : `${plural(found.length, "document")} of ${number(all.length)}`;
    const turn = (by) => () => { listing.page += by; draw(); results.querySelector("a")?.focus(); };
    results.replaceChildren(
      h("table", { class: "list" },
        h("thead", {}, h("tr", {}, ["Document", "Site", "Language", "Size", "Removed", "Edits", "Duplicates"].map((name, index) => (
          h("th", { scope: "col", class: index > 2 ? "right" : "" }, name))))),
        h("tbody", {}, shown.map(documentRow))),
      found.length ? "" : h("p", { class: "note" }, "Nothing fits. Try fewer words or another filter."),
      pages > 1 ? h("nav", { class: "pages", "aria-label": "Pages of the list" },
        h("button", { type: "button", disabled: listing.page === 0, onclick: turn(-1) }, "Previous"),
        h("span", {}, `Page ${number(listing.page + 1)} of ${number(pages)}`),
        h("button", { type: "button", disabled: listing.page === pages - 1, onclick: turn(1) }, "Next")) : "");
  }
  const search = h("input", {
    type: "search", id: "search", placeholder: "Title, id or site  ( / )", value: listing.text, autocomplete: "off",
    oninput: (event) => { listing.text = event.target.value; listing.page = 0; draw(); },
  });
  draw();
  return [
    h("h1", {}, "Documents"),
    sampleNote(),
    h("form", { class: "filters", onsubmit: (event) => event.preventDefault() },
      h("label", { class: "wide" }, h("span", {}, "Search"), search),
      choose("rule", "Rule", any("any rule", RULES.map((rule, index) => [String(index), ruleName(rule)]).sort((a, b) => a[1].localeCompare(b[1], "en")))),
      choose("site", "Site", any("any site", distinct(SITE))),
      choose("language", "Language", any("any language", distinct(LANGUAGE))),
      choose("format", "Format", any("any format", distinct(FORMAT))),
      choose("order", "Order", Object.keys(ORDERS).map((name) => [name, name]))),
    count, results,
  ];
}

/** Entries that fit search and filters, in the order chosen. */
function matching(all) {
  const words = listing.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((entry) => (!listing.rule || entry[TOUCHED].includes(Number(listing.rule)))
    && (!listing.site || entry[SITE] === listing.site)
    && (!listing.language || entry[LANGUAGE] === listing.language)
    && (!listing.format || entry[FORMAT] === listing.format)
    && (!words.length || words.every((word) => `${entry[TITLE]}\n${entry[ID]}\n${entry[SITE]}`.toLowerCase().includes(word))));
  const order = ORDERS[listing.order];
  return order ? found.sort(order) : found;
}

function documentRow(entry) {
  const meter = h("span", { class: "fill" });
  meter.style.width = `${Math.min(100, 100 * Math.max(0, lost(entry)))}%`;
  const figure = (name, value) => h("td", { class: "right", "data-name": name }, number(value));
  return h("tr", {},
    h("th", { scope: "row" },
      h("a", { href: route("document", entry[ID]) }, entry[TITLE] || entry[ID]),
      entry[TITLE] ? h("span", { class: "sub" }, entry[ID]) : ""),
    h("td", { class: "sub" }, siteName(entry[SITE])),
    h("td", { class: "sub" }, entry[LANGUAGE]),
    h("td", { class: "right" }, size(entry[BEFORE]), h("span", { class: "track thin", title: `${percent(entry[BEFORE] - entry[AFTER], entry[BEFORE])} less` }, meter)),
    figure("removed", entry[REMOVED]), figure("edits", entry[EDITED]), figure("duplicates", entry[REPEATED]));
}
