// The first part: figures and plots over all documents.

function overview() {
  const totals = summary.totals;
  const removedBy = new Map();
  let blocks = 0;
  let edits = 0;
  for (const rule of RULES) {
    if (rule.action === "replace") {
      edits += rule.stage === "write" ? 0 : rule.rows;
    } else {
      blocks += rule.rows;
      const known = removedBy.get(rule.stage) ?? { blocks: 0, characters: 0 };
      removedBy.set(rule.stage, { blocks: known.blocks + rule.rows, characters: known.characters + rule.characters });
    }
  }
  const stages = [...removedBy].sort((a, b) => b[1].characters - a[1].characters);
  const all = summary.run.counts.blocks;
  return [
    h("h1", {}, "What cleaner did"),
    h("div", { class: "cards" },
      card(number(totals.documents), "documents", `${plural(summary.run.counts.inputs, "input")} read`, route("documents")),
      card(percent(totals.before - totals.after, totals.before), "less text", `${size(totals.before)} characters in, ${size(totals.after)} out`),
      card(number(blocks), "blocks removed", all ? `of ${number(all)}` : ""),
      card(number(edits), "edits", "inside blocks that stay"),
      card(number(summary.clusters.cut), "duplicates cut", plural(clusterCount(), "cluster"), route("duplicates")),
      card(number(summary.rejected.total), "rejected", summary.rejected.total ? "inputs without a document" : "every input gave a document", route("rejected"))),
    sampleNote(),
    h("div", { class: "flow" },
      panel("Where the text went", "Characters of all inputs: what stays, and what each stage took out.",
        stack("Share of text kept and removed by each stage", [
          { name: "kept", value: Math.max(0, totals.before - stages.reduce((sum, [, gone]) => sum + gone.characters, 0)) },
          ...stages.map(([stage, gone]) => ({ name: stage, stage, value: gone.characters })),
        ]),
        bars("Blocks removed by each stage", ["Stage", "Blocks"], [...stages].sort((a, b) => b[1].blocks - a[1].blocks).map(([stage, gone]) => (
          { node: chip(stage), value: gone.blocks, stage, title: MEANING.get(stage), shown: plural(gone.blocks, "block") })))),
      panel("Which rules", "Cuts and edits by rule. A rule leads to the documents it touched.",
        bars("Ledger rows by rule", ["Rule", "Rows"], RULES.map((rule, index) => ({ rule, index }))
          .filter(({ rule }) => rule.stage !== "write").slice(0, 18).map(({ rule, index }) => (
            { name: ruleName(rule), value: rule.rows, stage: rule.stage, href: route("documents", "rule", index),
              title: `${rule.action}: ${plural(rule.rows, "row")} in ${plural(rule.documents, "document")}` })))),
      panel("Sizes before and after", "Documents by number of characters; each step doubles.",
        histogram("Documents by size", ["before", "after"], totals.sizes.map(([digits, before, after]) => [digits ? size(2 ** (digits - 1)) : "0", before, after]))),
      panel("Sites", totals.all_sites > totals.sites.length ? `The ${totals.sites.length} of ${number(totals.all_sites)} that lost most.` : "Share of each site's text that went.",
        bars("Text removed by site", ["Site", "Removed"], totals.sites.map(([site, documents, before, after]) => (
          { name: siteName(site), value: before ? Math.max(0, before - after) / before : 0, href: route("documents", "site", site),
            shown: `${percent(before - after, before)} of ${plural(documents, "document")}` })))),
      panel("Duplicate clusters", clusterCount() ? "Clusters by the number of blocks that say the same." : "No paragraph was found twice.",
        clusterCount() ? histogram("Clusters of duplicates by number of blocks", ["clusters"], clusterBins()) : "",
        summary.clusters.stayed ? h("p", { class: "hint" }, `${plural(summary.clusters.stayed, "short text")} that repeat others stayed.`) : ""),
      panel("Languages, formats and charsets", "",
        [["Language", totals.languages], ["Format", totals.formats], ["Charset", totals.charsets]].map(([name, counts]) => (
          bars(`Documents by ${name.toLowerCase()}`, [name, "Documents"], counts.slice(0, 6).map(([value, documents]) => (
            { name: value || "(unknown)", value: documents,
              href: name === "Language" ? route("documents", "language", value) : name === "Format" ? route("documents", "format", value) : null }))))))),
  ];
}

function card(figure, name, note, href) {
  const content = [h("span", { class: "big" }, figure), h("span", { class: "what" }, name), note && h("span", { class: "hint" }, note)];
  return href ? h("a", { class: "card", href }, content) : h("div", { class: "card" }, content);
}

/** What a sample leaves out, in words; nothing where everything is there. */
function sampleNote() {
  const { documents } = summary.totals;
  const parts = [];
  if (summary.listed < documents) parts.push(`the list holds ${number(summary.listed)} of ${number(documents)} documents`);
  if (summary.held < documents) parts.push(`before and after are here for ${number(summary.held)}`);
  return parts.length ? h("p", { class: "note" }, `All figures cover every document. To keep this page small, ${parts.join(", and ")}: a fixed sample with an example of each rule. `,
    h("code", {}, "cleaner explain"), " shows any other.") : null;
}

const clusterCount = () => summary.clusters.sizes.reduce((sum, [, clusters]) => sum + clusters, 0);

/** Clusters of 2, 3, 4 … blocks, larger ones by doubling sizes. */
function clusterBins() {
  const bins = new Map();
  for (const [blocks, clusters] of summary.clusters.sizes) {
    const low = blocks < 8 ? blocks : 2 ** Math.floor(Math.log2(blocks));
    bins.set(low, (bins.get(low) ?? 0) + clusters);
  }
  return [...bins].sort((a, b) => a[0] - b[0]).map(([low, clusters]) => [low < 8 ? number(low) : `${number(low)}+`, clusters]);
}
