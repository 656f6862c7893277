// The frame: tabs, addresses, keys, the theme, and the parts that are small.

const TABS = [
  ["overview", "Overview", null],
  ["documents", "Documents", summary.totals.documents],
  ["duplicates", "Duplicates", clusterCount()],
  ["rejected", "Rejected", summary.rejected.total],
  ["run", "Run", null],
];
const PARTS = {
  overview, documents: documentsPage, document: documentPage, duplicates: duplicatesPage, rejected: rejectedPage, run: runPage,
};

function rejectedPage() {
  const { total, reasons, shown } = summary.rejected;
  if (!total) return [h("h1", {}, "Rejected"), h("p", { class: "note" }, "Every input gave a document.")];
  return [
    h("h1", {}, "Rejected"),
    panel("Why", "", bars("Rejected inputs by reason", ["Reason", "Inputs"], reasons.map(([stage, reason, count]) => ({ node: [chip(stage), " ", reason], value: count })))),
    h("p", { class: "hint" }, shown.length < total ? `The first ${number(shown.length)} of ${number(total)}; all are in rejected.jsonl.` : plural(total, "input")),
    h("table", { class: "list" },
      h("thead", {}, h("tr", {}, ["Input", "Where", "Why"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, shown.map(([path, line, stage, reason]) => h("tr", {},
        h("th", { scope: "row" }, path, line ? h("span", { class: "sub" }, `record ${number(line)}`) : ""), h("td", {}, chip(stage)), h("td", {}, reason))))),
  ];
}

function runPage() {
  const { versions, config, config_sha256: sha, files_sha256: files } = summary.run;
  const rows = (values) => Object.entries(values).map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name),
    h("td", {}, h("code", {}, typeof value === "string" ? value || "–" : JSON.stringify(value)))));
  const table = (caption, body) => h("table", { class: "list facts-table" }, caption && h("caption", {}, caption), h("tbody", {}, body));
  const plain = Object.fromEntries(Object.entries(config).filter(([, value]) => typeof value !== "object" || Array.isArray(value)));
  return [
    h("h1", {}, "Run"),
    h("p", { class: "hint" }, "The same inputs, settings and versions give the same bytes."),
    h("div", { class: "grid-2" },
      panel("Settings", `config_sha256 ${sha}`, table("general", rows(plain)),
        Object.entries(config).filter(([, value]) => typeof value === "object" && !Array.isArray(value)).map(([name, value]) => table(name, rows(value)))),
      h("div", {}, panel("Versions", "", table("", rows(versions))), panel("Files", "SHA-256", table("", rows(files))),
        panel("Stages", "In this order.", h("ol", { class: "stages" }, summary.stages.map(([name, text]) => h("li", {}, chip(name), ` ${text}`)))))),
  ];
}

// ---- addresses -------------------------------------------------------------------------------

function show(first) {
  const [name, ...rest] = (location.hash.slice(1) || "overview").split("/").map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  if (name === "main") return; // the link that skips to the content
  const part = Object.hasOwn(PARTS, name) ? name : "overview";
  const main = document.getElementById("main");
  main.replaceChildren(...PARTS[part](...rest).flat(Infinity).filter((child) => child !== null && child !== ""));
  for (const tab of document.querySelectorAll("#tabs a")) {
    const current = tab.dataset.part === part || (part === "document" && tab.dataset.part === "documents");
    if (current) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  const title = main.querySelector("h1").textContent;
  document.title = part === "overview" ? "What cleaner did" : `${title} – cleaner`;
  if (!first) {
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
    announce(title);
    focusSearch();
  }
}

let searching = false; // whether the search field was asked for
function focusSearch() {
  if (searching) document.getElementById("search")?.focus();
  searching = false;
}

// ---- keys and theme --------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.nodeName)) return;
  if (event.key === "/") {
    event.preventDefault();
    searching = true;
    if (document.getElementById("search")) focusSearch();
    else location.hash = "documents";
  } else if ((event.key === "n" || event.key === "p") && document.querySelector(".reader")) {
    step(document.querySelector(".sides, .paper"), event.key === "n" ? 1 : -1);
  } else if (event.key === "Escape" && location.hash.startsWith("#document/")) {
    location.hash = "documents";
  }
});

const THEMES = { system: "light dark", light: "light", dark: "dark" };
let theme = "system";
document.getElementById("theme").addEventListener("click", (event) => {
  const names = Object.keys(THEMES);
  theme = names[(names.indexOf(theme) + 1) % names.length];
  document.documentElement.style.colorScheme = THEMES[theme];
  event.currentTarget.textContent = `Theme: ${theme}`;
});

document.getElementById("tabs").append(...TABS.map(([name, title, count]) => h("a", { href: `#${name}`, "data-part": name }, title, count === null ? "" : h("span", { class: "badge" }, size(count)))));
window.addEventListener("hashchange", () => show(false));
show(true);
