// Small tools that all parts share.  Text of documents reaches the page by textContent alone.

const SVG = "http://www.w3.org/2000/svg";

/** An element: attributes, `on…` listeners and `class`; children are nodes, strings, numbers or lists of them. */
function h(tag, attributes, ...children) {
  const node = tag.startsWith("svg:") ? document.createElementNS(SVG, tag.slice(4)) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

/** The data behind an id; the browser reads a part only when it is first asked for. */
const parsed = new Map();
function data(name) {
  if (!parsed.has(name)) {
    const source = document.getElementById(`data-${name}`);
    parsed.set(name, source ? JSON.parse(source.textContent) : null);
  }
  return parsed.get(name);
}

const summary = data("summary");
const RULES = summary.totals.rules.map(([stage, rule, action, rows, documents, characters]) => (
  { stage, rule, action, rows, documents, characters }));
const STAGES = summary.stages.map(([name]) => name);
const MEANING = new Map(summary.stages);

// The columns of an entry of the list of documents.
const [ID, TITLE, SITE, LANGUAGE, FORMAT, BEFORE, AFTER, REMOVED, EDITED, REPEATED, TOUCHED, HELD] = [...Array(12).keys()];

const whole = new Intl.NumberFormat("en");
const number = (value) => whole.format(value);
const plural = (value, noun, more = `${noun}s`) => `${number(value)} ${value === 1 ? noun : more}`;
function percent(part, all) {
  if (!all) return "–";
  const share = 100 * part / all;
  if (share > 0 && share < 0.05) return "< 0.1 %";
  return `${share.toFixed(share > 0 && share < 9.95 ? 1 : 0)} %`;
}
function size(characters) {
  if (characters < 10_000) return number(characters);
  return characters < 1e6 ? `${(characters / 1e3).toFixed(characters < 1e5 ? 1 : 0)} k` : `${(characters / 1e6).toFixed(1)} M`;
}

/** The class that gives an element the colour of a stage (`other` for stages from elsewhere). */
const COLOURED = new Set("decode read encoding structure site-rules calendars tables spacing chrome headings sites duplicates write".split(" "));
const hue = (stage) => `s-${COLOURED.has(stage) ? stage : "other"}`;
const ruleName = (rule) => `${rule.stage} / ${rule.rule}`;
const chip = (stage, text) => h("span", { class: `chip ${hue(stage)}` }, text ?? stage);

const siteName = (site) => (site === "." ? "(top folder)" : site || "(none)");

/** Say something to screen readers. */
function announce(text) {
  document.getElementById("said").textContent = text;
}

const route = (...parts) => `#${parts.map(encodeURIComponent).join("/")}`;

/** One part of a page with its heading. */
function panel(title, note, ...children) {
  return h("section", { class: "panel" }, h("h2", {}, title), note && h("p", { class: "hint" }, note), children);
}
