// One document: before and after in one text, what went struck and coloured by its stage.

const viewing = { mode: "changes", off: new Set() };
const MODES = { changes: "Changes", before: "Before", after: "After" };

function documentPage(id) {
  const all = data("documents");
  const index = all.findIndex((entry) => entry[ID] === id);
  if (index < 0) {
    return [h("h1", {}, id), h("p", { class: "note" }, "This document is not in the sample on this page. ",
      h("code", {}, "cleaner explain"), " with its id shows what happened to it.")];
  }
  const entry = all[index];
  const detail = entry[HELD] ? data(`document-${index}`) : null;
  return [
    h("p", { class: "crumbs" }, h("a", { href: route("documents") }, "Documents")),
    h("h1", {}, entry[TITLE] || entry[ID]),
    h("p", { class: "facts" }, [entry[ID], siteName(entry[SITE]), entry[LANGUAGE], entry[FORMAT]].filter(Boolean).map((fact) => h("span", {}, fact)),
      h("span", {}, `${size(entry[BEFORE])} → ${size(entry[AFTER])} characters`)),
    detail ? (detail.passages ? textView(detail) : pageView(detail))
      : h("p", { class: "note" }, "Its text is not among the samples on this page. ", h("code", {}, "cleaner explain"), " shows what happened to it."),
    h("nav", { class: "pages", "aria-label": "Other documents" },
      index > 0 ? h("a", { class: "button", rel: "prev", href: route("document", all[index - 1][ID]) }, "Previous document") : "",
      index + 1 < all.length ? h("a", { class: "button", rel: "next", href: route("document", all[index + 1][ID]) }, "Next document") : ""),
  ];
}

// ---- what a row of the ledger says -----------------------------------------------------------

function describe(row) {
  const [ruleIndex, first, last, reason, score, twin] = row;
  const rule = RULES[ruleIndex];
  const verb = { remove: "removed", replace: "changed", move: "moved to the metadata" }[rule.action] ?? rule.action;
  const place = first < 1 ? "" : first === last ? `line ${number(first)}` : `lines ${number(first)}–${number(last)}`;
  return h("div", { class: `why ${hue(rule.stage)}` },
    h("p", { class: "head" }, chip(rule.stage), h("b", {}, rule.rule), ` ${verb}`),
    reason ? h("p", {}, reason) : "",
    h("p", { class: "hint" }, [place, score ? `score ${score.toFixed(2)}` : ""].filter(Boolean).join(" · "),
      twin ? [" · ", h("a", { href: route("document", twin) }, "the document it repeats")] : ""));
}

/** The box that explains the change under the pointer or the focus. */
function inspector(rows) {
  const box = h("aside", { class: "inspector", id: "inspector", "aria-label": "Why" });
  const idle = () => box.replaceChildren(h("p", { class: "hint" }, "Point at a change, or step through them with n and p, to see which rule made it and why."));
  idle();
  return { box, show: (numbers) => (numbers ? box.replaceChildren(...numbers.map((one) => describe(rows[one]))) : idle()) };
}

// ---- text with positions ---------------------------------------------------------------------

function textView(detail) {
  const why = inspector(detail.rows);
  const body = h("div", { class: "paper", role: "document", "aria-label": "Before and after" });
  const counts = new Map();
  for (const [rule] of detail.rows) if (RULES[rule].stage !== "write") counts.set(RULES[rule].stage, (counts.get(RULES[rule].stage) ?? 0) + 1);

  function draw() {
    body.className = `paper ${viewing.mode}`;
    body.replaceChildren(...lines(detail));
    for (const change of body.querySelectorAll("[data-rows]")) change.classList.toggle("off", viewing.off.has(change.dataset.stage));
    const first = body.querySelector(".change:not(.off)");
    if (first) first.tabIndex = 0;
  }
  wire(body, why);
  draw();
  const mode = h("div", { class: "switch", role: "radiogroup", "aria-label": "What to show" }, Object.entries(MODES).map(([key, name]) => h("label", {},
    h("input", { type: "radio", name: "mode", value: key, checked: viewing.mode === key, onchange: () => { viewing.mode = key; draw(); } }), h("span", {}, name))));
  const stages = [...counts].sort((a, b) => STAGES.indexOf(a[0]) - STAGES.indexOf(b[0])).map(([stage, rows]) => h("button", {
    type: "button", class: `chip ${hue(stage)}`, "aria-pressed": String(!viewing.off.has(stage)), title: MEANING.get(stage),
    onclick: (event) => {
      if (!viewing.off.delete(stage)) viewing.off.add(stage);
      event.currentTarget.setAttribute("aria-pressed", String(!viewing.off.has(stage)));
      draw();
    },
  }, `${stage} ${number(rows)}`));
  return [
    h("div", { class: "tools" }, mode, h("div", { class: "chips", role: "group", "aria-label": "Stages shown" }, stages),
      h("div", { class: "step" }, h("button", { type: "button", onclick: () => step(body, -1) }, "Previous change"), h("button", { type: "button", onclick: () => step(body, 1) }, "Next change"))),
    h("div", { class: "reader" }, body, why.box),
    detail.left_out > 0 ? h("p", { class: "note" }, `${plural(detail.left_out, "more character")} of this document are not on this page.`) : "",
  ];
}

/** Hover, focus and keys of the changes inside `body`. */
function wire(body, why) {
  const show = (event) => {
    const change = event.target.closest?.("[data-rows]");
    if (change) why.show(change.dataset.rows.split(" ").map(Number));
  };
  body.addEventListener("pointerover", show);
  body.addEventListener("focusin", show);
  body.addEventListener("click", (event) => event.target.closest?.(".change")?.focus());
}

/** Move the focus to the next (1) or previous (-1) change. */
function step(body, by) {
  const changes = [...body.querySelectorAll(".change:not(.off, .s-write)")].filter((change) => change.offsetParent !== null);
  if (!changes.length) return;
  const at = changes.indexOf(document.activeElement);
  const next = changes[at < 0 ? (by > 0 ? 0 : changes.length - 1) : (at + by + changes.length) % changes.length];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
}

/** The document as display lines; a line knows its number in the input. */
function lines(detail) {
  const made = [];
  let line = 1;
  let row = null;
  const start = () => { row = { node: h("div", { class: "line", "data-line": line }), gone: null, kept: false }; made.push(row); };
  const put = (node, kept, stage) => { row.node.append(node); if (kept) row.kept = true; else row.gone = stage; };
  const pour = (text, make, kept, stage, counted = true) => text.split("\n").forEach((piece, index) => {
    if (index) { line += counted ? 1 : 0; start(); }
    if (piece) put(make(piece), kept && piece.trim() !== "", stage);
  });
  start();
  for (const passage of detail.passages) {
    if (typeof passage === "string") {
      pour(passage, (piece) => document.createTextNode(piece), true);
      continue;
    }
    const [raw, fresh, numbers] = passage;
    const rules = numbers.map((one) => RULES[detail.rows[one][0]]);
    const rule = rules.find((one) => one.stage !== "write") ?? rules[0];
    const mark = (tag, text) => h(tag, { class: `change ${hue(rule.stage)}`, tabindex: -1, "data-rows": numbers.join(" "), "data-stage": rule.stage, "aria-describedby": "inspector" }, text);
    if (!raw.trim() && !fresh.trim()) { // space between or inside blocks: show what sets the lines apart
      const newlines = Math.max(raw.split("\n").length, fresh.split("\n").length) - 1;
      if (newlines && !(rule.stage === "structure" && !fresh.includes("\n"))) {
        for (let i = 0; i < Math.min(2, newlines); i += 1) start();
      } else {
        put(rule.stage === "write" ? document.createTextNode(fresh || raw) : mark("ins", fresh || " "), false, null);
      }
      line += raw.split("\n").length - 1;
      row.node.dataset.line = line;
    } else if (grid(fresh)) {
      start();
      put(rebuilt(raw, fresh, numbers, rule), true);
      line += raw.split("\n").length - 1;
      start();
    } else if (rule.stage === "write") { // list marks and the like: quiet
      const lead = /^\s*/.exec(fresh)[0];
      const newlines = Math.min(2, Math.max(lead.split("\n").length, /^\s*/.exec(raw)[0].split("\n").length) - 1);
      for (let i = 0; i < newlines; i += 1) start();
      line += raw.split("\n").length - 1;
      row.node.dataset.line = line;
      if (raw.trim()) put(mark("del", raw.trim()), false, null);
      if (fresh.trim()) put(mark("ins", fresh.slice(lead.length)), false, null);
    } else {
      const [before, gone, come, after] = apart(raw, fresh);
      pour(before, (piece) => document.createTextNode(piece), true);
      pour(gone, (piece) => mark("del", piece), false, rule.stage);
      pour(come, (piece) => mark("ins", piece), true, rule.stage, false);
      pour(after, (piece) => document.createTextNode(piece), true);
    }
  }
  let blank = false;
  return made.filter(({ node }) => { // never two blank lines in a row
    const empty = !node.hasChildNodes();
    const stays = !(empty && blank);
    blank = empty;
    return stays;
  }).map(({ node, gone, kept }) => {
    if (gone && !kept) node.classList.add("gone", hue(gone));
    const level = kept && /^(#{1,6}) /.exec(keptText(node));
    if (level) node.classList.add("title", `level-${level[1].length}`);
    return node;
  });
}

/** Common beginning, what went, what came, common end: a row may hold a neighbour that did not change. */
function apart(raw, fresh) {
  const most = Math.min(raw.length, fresh.length);
  let [i, j] = [0, 0];
  while (i < most && raw[i] === fresh[i]) i += 1;
  while (j < most - i && raw.at(-1 - j) === fresh.at(-1 - j)) j += 1;
  if (i && /[\ud800-\udbff]/.test(raw[i - 1])) i -= 1; // not through the middle of a character
  if (j && /[\udc00-\udfff]/.test(raw.at(-j))) j -= 1;
  return [raw.slice(0, i), raw.slice(i, raw.length - j), fresh.slice(i, fresh.length - j), raw.slice(raw.length - j)];
}

const keptText = (node) => [...node.childNodes].filter((child) => child.nodeName !== "DEL").map((child) => child.textContent).join("");

// ---- tables ----------------------------------------------------------------------------------

/** The cells of a Markdown pipe table; null for any other text. */
function grid(text) {
  const rows = text.trim().split("\n");
  if (rows.length < 2 || !/^\|(?:---\|)+$/.test(rows[1])) return null;
  rows.splice(1, 1);
  return rows.map((row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|")));
}

function tableOf(cells, mark = (text) => text) {
  return h("table", { class: "cells" },
    h("thead", {}, h("tr", {}, cells[0].map((cell) => h("th", { scope: "col" }, mark(cell))))),
    h("tbody", {}, cells.slice(1).map((row) => h("tr", {}, row.map((cell) => h("td", {}, mark(cell)))))));
}

/** Raw lines and the table made of them, side by side. */
function rebuilt(raw, fresh, numbers, rule) {
  return h("div", { class: `rebuilt change ${hue(rule.stage)}`, tabindex: -1, "data-rows": numbers.join(" "), "data-stage": rule.stage, "aria-describedby": "inspector" },
    h("div", { class: "raw" }, h("p", { class: "label" }, "in the input"), h("pre", {}, raw)),
    h("div", { class: "fresh" }, h("p", { class: "label" }, "rebuilt"), h("div", { class: "scroll" }, tableOf(grid(fresh)))));
}

// ---- pages of HTML: the ledger has no positions ----------------------------------------------

function pageView(detail) {
  const why = inspector(detail.rows);
  const groups = new Map();
  const edits = new Map();
  const tables = new Map();
  for (const [raw, fresh, one] of detail.changes) {
    const rule = RULES[detail.rows[one][0]];
    if (rule.action !== "replace") {
      groups.set(rule.stage, [...(groups.get(rule.stage) ?? []), [raw, one, rule]]);
    } else if (grid(fresh)) {
      tables.set(raw, { fresh, rule, numbers: [...(tables.get(raw)?.numbers ?? []), one] }); // a later stage goes on from an earlier one
    } else {
      const key = JSON.stringify([detail.rows[one][0], raw, fresh]);
      edits.set(key, { raw, fresh, one, rule, times: (edits.get(key)?.times ?? 0) + 1 });
    }
  }
  const card = (raw, one, rule) => h("del", { class: `change block ${hue(rule.stage)}`, tabindex: 0, "data-rows": one, "data-stage": rule.stage, "aria-describedby": "inspector" }, raw);
  const removed = h("div", { class: "removed" }, [...groups].map(([stage, blocks]) => [
    h("h3", {}, chip(stage), ` ${plural(blocks.length, "block")}`),
    byRule(blocks).map(([name, ones]) => [h("p", { class: "label" }, name), ones.map(([raw, one, rule]) => card(raw, one, rule))]),
  ]));
  const changed = [...edits.values()].map(({ raw, fresh, one, rule, times }) => h("li", {},
    h("span", { class: `change ${hue(rule.stage)}`, tabindex: 0, "data-rows": one, "aria-describedby": "inspector" },
      h("del", { class: hue(rule.stage) }, visible(raw)), " → ", h("ins", { class: hue(rule.stage) }, visible(fresh))), times > 1 ? ` × ${number(times)}` : ""));
  const paper = h("div", { class: "paper", role: "document", "aria-label": "Clean text" }, markdown(detail.text, found(detail.text, [...edits.values()])));
  const left = h("div", { class: "column" },
    h("h2", {}, "What stays"), paper,
    tables.size ? [h("h2", {}, "Tables"), [...tables].map(([raw, { fresh, numbers, rule }]) => rebuilt(raw, fresh, numbers, rule))] : "",
    changed.length ? [h("h2", {}, "Fixed in the text"), h("ul", { class: "fixes" }, changed)] : "");
  const right = h("div", { class: "column" }, h("h2", {}, "What went"), groups.size ? removed : h("p", { class: "hint" }, "Nothing."));
  const both = h("div", { class: "sides" }, left, right);
  wire(both, why);
  return [
    h("p", { class: "hint" }, "A page of HTML: the ledger holds what went, in the order in which the stages took it, but not where it stood."),
    h("div", { class: "reader" }, both, why.box),
    detail.left_out > 0 ? h("p", { class: "note" }, `${plural(detail.left_out, "more character")} of its text are not on this page.`) : "",
    detail.rows_left_out > 0 ? h("p", { class: "note" }, `${plural(detail.rows_left_out, "more row")} of its ledger are not on this page.`) : "",
  ];
}

/** `[raw, row, rule]` grouped by rule, in order of first showing. */
function byRule(blocks) {
  const groups = new Map();
  for (const block of blocks) groups.set(block[2].rule, [...(groups.get(block[2].rule) ?? []), block]);
  return [...groups];
}

const visible = (text) => (text.trim() ? text : text.replace(/ /g, "␣").replace(/\u00a0/g, "⍽").replace(/\n/g, "⏎").replace(/\t/g, "⇥") || "∅");

/**
 * Marks the edits of `text` that can be found in it for sure: as often as there are rows that made them.
 * Returns a function from a string to nodes.
 */
function found(text, edits) {
  const sure = new Map();
  let rest = text;
  for (const edit of edits.filter(({ fresh }) => fresh.trim()).sort((a, b) => b.fresh.length - a.fresh.length)) {
    const pieces = rest.split(edit.fresh);
    if (pieces.length - 1 !== edit.times) continue;
    sure.set(edit.fresh, edit);
    rest = pieces.join("\0");
  }
  if (!sure.size) return (piece) => [piece];
  const any = [...sure.keys()].map((fresh) => fresh.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  const pattern = new RegExp(`(${any.join("|")})`);
  return (piece) => piece.split(pattern).map((part) => {
    const edit = sure.get(part);
    return edit ? h("ins", { class: `change ${hue(edit.rule.stage)}`, tabindex: 0, title: `was ${edit.raw}`, "data-rows": edit.one, "aria-describedby": "inspector" }, part) : part;
  });
}

/** Clean text as lines, headings larger, tables as tables; `mark` makes nodes of a string. */
function markdown(text, mark) {
  const made = [];
  for (const block of text.split("\n\n")) {
    const cells = grid(block);
    if (made.length) made.push(h("div", { class: "line" }));
    if (cells) {
      made.push(h("div", { class: "scroll" }, tableOf(cells, mark)));
      continue;
    }
    for (const line of block.split("\n")) {
      const level = /^(#{1,6}) /.exec(line);
      made.push(h("div", { class: level ? `line title level-${level[1].length}` : "line" }, mark(line)));
    }
  }
  return made;
}
