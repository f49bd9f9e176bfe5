/* The top of the page: score, totals, what changed, contracts. */
function ring(kept, sites, size) {
  const radius = size / 2 - 9, around = 2 * Math.PI * radius, part = sites ? kept / sites : 1;
  const value = percent(kept, sites);
  return svg("svg", { viewBox: `0 0 ${size} ${size}`, width: size, height: size, role: "img", class: "ring",
    "aria-label": `${value === null ? "no" : value + " %"} of sites keep their contract` },
    svg("circle", { cx: size / 2, cy: size / 2, r: radius, class: "ring-track" }),
    svg("circle", { cx: size / 2, cy: size / 2, r: radius, class: "ring-part", "stroke-dasharray": `${around * part} ${around}`,
      transform: `rotate(-90 ${size / 2} ${size / 2})` }),
    svg("text", { x: size / 2, y: size / 2 + 3, class: "ring-value" }, value === null ? "–" : value,
      svg("tspan", { class: "ring-unit", dx: 2 }, value === null ? "" : "%")),
    svg("text", { x: size / 2, y: size / 2 + 23, class: "ring-label" }, "kept"));
}

function tile(value, label, note, tone, target) {
  return el(target ? "a" : "div", { class: `tile ${tone || ""}`, href: target || null },
    el("span", { class: "tile-value" }, typeof value === "number" ? count(value) : value),
    el("span", { class: "tile-label" }, label), el("span", { class: "tile-note" }, note || " "));
}

function overview() {
  const built = REPORT.constructions, past = built.filter((site) => site.standing === "past").length;
  const classes = REPORT.registrations.filter((one) => one.held === "class").length;
  const schemas = REPORT.registrations.filter((one) => one.kind === "schema").length;
  const errors = REPORT.findings.filter((finding) => finding.severity === "error").length;
  const open = REPORT.trackers.filter((tracker) => !tracker.guarded).length;
  const uncalled = REPORT.releases.filter((release) => release.orphan).length;
  const { kept, sites } = REPORT.score;
  return el("section", { id: "overview", class: "hero", "aria-label": "Overview" },
    el("div", { class: "hero-score" }, ring(kept, sites, 148),
      el("div", {},
        el("h2", { class: "hero-title" }, `${count(kept)} of ${count(sites)} sites keep their contract`),
        el("p", { class: "lead" }, shown(DATA.headline)), pointer(built))),
    el("div", { class: "tiles" },
      tile(REPORT.registries.length, "registry classes", `${count(REPORT.files)} files looked at`, "", "#inventory"),
      tile(built.length, "places build one", past ? `${count(past)} past the factory` : "none past a factory", past ? "bad" : "good", "#inventory"),
      tile(REPORT.registrations.length, "registrations", `${counted(classes, "class", "classes")}, ${counted(schemas, "schema")}`, schemas ? "bad" : "", "#inventory"),
      tile(REPORT.entry_points.length, "entry points", "lead to registries", "", "#map"),
      tile(REPORT.trackers.length, "trackers", open ? `${count(open)} can be built directly` : "all guarded", open ? "warn" : "good", "#inventory"),
      tile(REPORT.releases.length, "release paths", uncalled ? `${count(uncalled)} nobody calls` : "all called", uncalled ? "warn" : "good", "#inventory"),
      tile(REPORT.findings.length, "findings", counted(errors, "error"), errors ? "bad" : "good", "#findings")));
}

/* One sentence on where to begin. */
function pointer(built) {
  if (!built.length) return el("p", { class: "lead" }, "No code builds a registry.");
  const worst = REPORT.score.contracts.filter((one) => one.kept < one.sites).sort((a, b) => b.sites - b.kept - (a.sites - a.kept));
  if (!worst.length) return el("p", { class: "lead good-text" }, "Every contract is kept everywhere.");
  const many = worst[0];
  return el("p", { class: "lead" }, "Begin with ", el("a", { href: "#contracts" }, `“${many.title}”`),
    `: ${count(many.sites - many.kept)} of ${counted(many.sites, "site")} ${many.sites - many.kept === 1 ? "does" : "do"} not keep it.`);
}

function contracts() {
  const before = new Map((REPORT.earlier ? REPORT.earlier.score.contracts : []).map((one) => [one.contract, one]));
  return section("contracts", "Contracts", "What the code is held to, and how many of the places concerned keep it.",
    el("div", { class: "contracts" }, REPORT.score.contracts.map((one) => contract(one, before.get(one.contract)))));
}

function contract(one, then) {
  const share = percent(one.kept, one.sites), was = then ? percent(then.kept, then.sites) : null;
  const tone = share === 100 ? "good" : share >= 80 ? "warn" : "bad";
  const bar = el("div", { class: `bar ${tone}`, role: "img", "aria-label": `${share} percent` },
    el("span", { style: { width: `${(100 * one.kept) / one.sites}%` } }),
    was === null ? null : el("i", { class: "then", style: { left: `${(100 * then.kept) / then.sites}%` }, title: `then: ${was} %` }));
  const head = [el("span", { class: "contract-title" }, one.title), bar,
    el("span", { class: "contract-number" }, `${count(one.kept)} of ${count(one.sites)}`),
    el("span", { class: `contract-share ${tone}-text` }, `${share} %`), then ? change(was, share) : el("span", { class: "delta" })];
  if (!one.broken.length) return el("div", { class: "contract" }, el("div", { class: "contract-head" }, head));
  return el("details", { class: "contract" }, el("summary", { class: "contract-head" }, head),
    el("p", { class: "contract-sentence" }, one.sentence, " These places do not:"),
    longList(one.broken, (step) => el("li", {}, placed(step.place), " ", el("span", {}, shown(step.message)))));
}
function change(was, now) {
  const by = now - was;
  return el("span", { class: `delta ${by > 0 ? "good-text" : by < 0 ? "bad-text" : ""}` }, by ? `${by > 0 ? "▲" : "▼"} ${Math.abs(by)}` : "=");
}

/* A list that shows the rest when it is asked for. */
function longList(items, made, first) {
  const list = el("ul", { class: "plain" }), step = first || 25;
  let at = 0;
  const more = el("button", { type: "button", class: "quiet", on: { click: () => grow(200) } });
  function grow(by) {
    for (const item of items.slice(at, at + by)) list.append(made(item));
    at += by;
    more.hidden = at >= items.length;
    more.textContent = `Show more (${count(Math.max(items.length - at, 0))} left)`;
  }
  grow(step);
  return el("div", {}, list, more);
}

function trend() {
  const earlier = REPORT.earlier;
  if (!earlier) return null;
  const changed = earlier.trends.filter((one) => one.before !== one.now), same = earlier.trends.length - changed.length;
  const rows = changed.map((one) => {
    const by = one.now - one.before, good = one.better === "neither" ? "" : (by > 0) === (one.better === "more") ? "good" : "bad";
    const most = Math.max(one.before, one.now, 1);
    return el("div", { class: "trend" }, el("span", { class: "trend-name" }, shown(one.name)),
      svg("svg", { viewBox: "0 0 120 34", class: `slope ${good}`, "aria-hidden": "true" },
        svg("line", { x1: 14, x2: 106, y1: 28 - (22 * one.before) / most, y2: 28 - (22 * one.now) / most }),
        svg("circle", { cx: 14, cy: 28 - (22 * one.before) / most, r: 4 }), svg("circle", { cx: 106, cy: 28 - (22 * one.now) / most, r: 4 })),
      el("span", { class: "trend-numbers" }, `${count(one.before)} → ${count(one.now)} `,
        el("span", { class: `delta ${good ? good + "-text" : ""}` }, `${by > 0 ? "+" : "−"}${count(Math.abs(by))}`)));
  });
  return section("trend", "What changed", `Compared with ${shown(earlier.label)}: ${count(earlier.score.kept)} of ${count(earlier.score.sites)} sites kept their contract then, ${count(REPORT.score.kept)} of ${count(REPORT.score.sites)} do now.`,
    el("div", { class: "trends" }, rows), same ? el("p", { class: "note" }, `${counted(same, "number")} stayed the same.`) : null,
    earlier.changes.length ? changesTable(earlier.changes) : el("p", {}, "Nothing was added, went or moved."));
}
