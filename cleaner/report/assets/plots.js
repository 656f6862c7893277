// Plots.  Bars are tables with a drawn cell, so that they read as what they are without eyes too.

/**
 * Rows of `{ name, node, value, shown, href, stage, title }` as bars under a caption.
 * `columns` name the label and the figure.
 */
function bars(caption, columns, rows) {
  const most = Math.max(1, ...rows.map((row) => row.value));
  return h("table", { class: "bars" },
    h("caption", { class: "unseen" }, caption),
    h("thead", { class: "unseen" }, h("tr", {}, h("th", { scope: "col" }, columns[0]), h("th", { scope: "col" }, columns[1]))),
    h("tbody", {}, rows.map((row) => {
      const fill = h("span", { class: `fill ${row.stage ? hue(row.stage) : ""}` });
      fill.style.width = `${Math.max(0.6, 100 * row.value / most)}%`;
      const label = row.href ? h("a", { href: row.href }, row.node ?? row.name) : row.node ?? row.name;
      return h("tr", { title: row.title },
        h("th", { scope: "row" }, label),
        h("td", {}, h("span", { class: "track", "aria-hidden": "true" }, fill), h("span", { class: "figure" }, row.shown ?? number(row.value))));
    })));
}

/** One bar of parts `{ name, value, stage, title }` that add up to a whole, with a legend. */
function stack(label, parts) {
  const all = parts.reduce((sum, part) => sum + part.value, 0);
  const bar = h("div", { class: "stack", role: "img", "aria-label": label });
  for (const part of parts) {
    if (!part.value) continue;
    const piece = h("span", { class: part.stage ? hue(part.stage) : "kept", title: `${part.name}: ${number(part.value)} (${percent(part.value, all)})` });
    piece.style.flexGrow = part.value;
    bar.append(piece);
  }
  return [bar, h("ul", { class: "legend" }, parts.filter((part) => part.value).map((part) => (
    h("li", {}, h("span", { class: `dot ${part.stage ? hue(part.stage) : "kept"}` }), `${part.name} `, h("b", {}, percent(part.value, all))))))];
}

/** Two series over the same bins, side by side: `[label, first, second]` each. */
function histogram(label, names, bins) {
  const [width, height, head, foot] = [640, 200, 18, 24];
  const most = Math.max(1, ...bins.flatMap(([, ...values]) => values));
  const step = width / Math.max(1, bins.length);
  const drawing = h("svg:svg", { viewBox: `0 0 ${width} ${height + foot}`, class: "plot", role: "img", "aria-label": label });
  for (const share of [0, 0.5, 1]) {
    const y = head + (height - head) * (1 - share);
    drawing.append(h("svg:line", { x1: 0, x2: width, y1: y, y2: y, class: "grid" }),
      share && Number.isInteger(most * share) ? h("svg:text", { x: 0, y: y - 4, class: "tick" }, number(most * share)) : "");
  }
  const every = Math.ceil(bins.length / 12);
  bins.forEach(([name, ...values], index) => {
    values.forEach((value, series) => {
      const tall = (height - head) * value / most;
      const wide = Math.min(70, step * 0.8 / values.length);
      drawing.append(h("svg:rect", {
        x: (index + 0.5) * step + (series - values.length / 2) * wide, y: height - tall, width: wide * 0.94, height: tall, rx: 1.5,
        class: `series-${series}`,
      }, h("svg:title", {}, `${name}: ${number(value)} ${names[series] ?? ""}`)));
    });
    if (index % every === 0) {
      drawing.append(h("svg:text", { x: (index + 0.5) * step, y: height + 18, class: "tick middle" }, name));
    }
  });
  const table = h("table", { class: "unseen" }, h("caption", {}, label),
    h("tbody", {}, bins.map(([name, ...values]) => h("tr", {}, h("th", { scope: "row" }, name), values.map((value) => h("td", {}, number(value)))))));
  const legend = names.length > 1 && h("ul", { class: "legend" }, names.map((name, series) => (
    h("li", {}, h("span", { class: `dot series-${series}` }), name))));
  return [drawing, legend, table];
}
