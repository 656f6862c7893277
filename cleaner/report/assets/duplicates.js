// Clusters of duplicates: the keeper, and each copy with what differs from it, word by word.

const COMPARED = 400; // words: beyond this the table of the comparison gets too large

function duplicatesPage() {
  const clusters = data("clusters");
  const total = clusterCount();
  return [
    h("h1", {}, "Duplicates"),
    h("p", { class: "hint" }, total
      ? `${plural(summary.clusters.cut, "block")} in ${plural(total, "cluster")} went, because another block says the same. `
        + (clusters.length < total ? `Here are ${number(clusters.length)} of the clusters: the largest, and a sample of the others.` : "The keeper of each stays.")
      : "No paragraph was found twice."),
    clusters.map((cluster) => {
      const [keeper, , text] = cluster.keeper;
      return h("article", { class: "panel cluster" },
        h("h2", {}, plural(cluster.size, "block")),
        h("p", { class: "label" }, "stays in ", h("a", { href: route("document", keeper) }, keeper)),
        h("p", { class: "keeper" }, text || "(the keeper's text could not be found)"),
        cluster.copies.map(([id, , copy, jaccard]) => [
          h("p", { class: "label" }, "cut from ", h("a", { href: route("document", id) }, id), ` · ${percent(jaccard, 1)} the same word triples`),
          copy ? h("p", { class: "copy" }, text ? difference(text, copy) : copy)
            : h("p", { class: "hint" }, "(the whole document was left out as a duplicate)"),
        ]),
        cluster.size - 1 > cluster.copies.length ? h("p", { class: "hint" }, `and ${plural(cluster.size - 1 - cluster.copies.length, "more copy", "more copies")}`) : "");
    }),
  ];
}

/** The words of `copy`, those that the keeper has not marked, those that only the keeper has struck. */
function difference(keeper, copy) {
  const [a, b] = [words(keeper), words(copy)];
  if (a.length > COMPARED || b.length > COMPARED) return copy;
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const pieces = [];
  const put = (tag, word) => {
    const last = pieces.at(-1);
    if (last && last[0] === tag) last[1].push(word);
    else pieces.push([tag, [word]]);
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { put("", b[j]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) { put("del", a[i]); i += 1; }
    else { put("ins", b[j]); j += 1; }
  }
  return pieces.map(([tag, run], index) => [index ? " " : "",
    tag ? h(tag, { class: tag === "ins" ? "only-copy" : "only-keeper", title: tag === "ins" ? "only in this copy" : "only in the keeper" }, run.join(" ")) : run.join(" ")]);
}

const words = (text) => text.split(/\s+/).filter(Boolean);
