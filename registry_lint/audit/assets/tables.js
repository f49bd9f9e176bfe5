/* Tables to search, sort and filter. A column: {name, get(row) → text or number, show(row) → node, filter, number}. */
const PAGE = 50;

function dataTable(label, columns, rows, options) {
  const state = { text: "", sort: (options && options.sort) || null, down: Boolean(options && options.down), filters: new Map(), shown: PAGE };
  const texts = new Map(rows.map((row) => [row, columns.map((column) => shown(column.get(row))).join("\u0001").toLowerCase()]));
  const body = el("tbody"), status = el("span", { class: "status", role: "status", "aria-live": "polite" });
  const more = el("button", { type: "button", class: "quiet", on: { click: () => { state.shown += 4 * PAGE; draw(); } } });
  const search = el("input", { type: "search", class: "search", placeholder: `Search ${label.toLowerCase()}`, "aria-label": `Search ${label.toLowerCase()}`,
    on: { input: () => { state.text = search.value.trim().toLowerCase(); state.shown = PAGE; draw(); } } });
  const heads = columns.map((column, index) => {
    const button = el("button", { type: "button", on: { click: () => sortBy(index) } }, column.name, el("span", { class: "arrow", "aria-hidden": "true" }));
    return el("th", { scope: "col", class: column.number ? "number" : "" }, button);
  });
  const selects = columns.flatMap((column) => (column.filter ? [filterOf(column)] : []));

  function filterOf(column) {
    const tally = new Map();
    for (const row of rows) { const value = shown(column.get(row)); tally.set(value, (tally.get(value) || 0) + 1); }
    if (tally.size < 2 || tally.size > 60) return null;
    const select = el("select", { "aria-label": `Only ${column.name}`, on: { change: () => {
      if (select.value) state.filters.set(column, select.value.slice(1)); else state.filters.delete(column);
      state.shown = PAGE; draw(); } } },
      el("option", { value: "" }, `${column.name}: all`),
      [...tally].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).map(([value, times]) => el("option", { value: `=${value}` }, `${value || "–"} (${count(times)})`)));
    return select;
  }
  function sortBy(index) {
    if (state.sort === index) state.down = !state.down;
    else { state.sort = index; state.down = Boolean(columns[index].number); }
    draw();
  }
  function chosen() {
    let found = rows;
    if (state.text) { const words = state.text.split(/\s+/); found = found.filter((row) => words.every((word) => texts.get(row).includes(word))); }
    for (const [column, value] of state.filters) found = found.filter((row) => shown(column.get(row)) === value);
    if (state.sort !== null) {
      const get = columns[state.sort].get, sign = state.down ? -1 : 1;
      found = [...found].sort((a, b) => sign * compare(get(a), get(b)));
    }
    return found;
  }
  function draw() {
    const found = chosen(), visibleRows = found.slice(0, state.shown);
    clear(body).append(...visibleRows.map((row) => el("tr", {}, columns.map((column, index) =>
      el(index ? "td" : "th", { class: column.number ? "number" : column.short ? "short" : column.wide ? "wide" : "", scope: index ? null : "row" }, column.show ? column.show(row) : cell(column, row))))));
    if (!found.length) body.append(el("tr", {}, el("td", { colspan: columns.length, class: "empty" }, "Nothing matches.")));
    heads.forEach((head, index) => {
      head.setAttribute("aria-sort", state.sort === index ? (state.down ? "descending" : "ascending") : "none");
    });
    status.textContent = found.length === rows.length ? counted(rows.length, "row") : `${count(found.length)} of ${counted(rows.length, "row")}`;
    more.hidden = found.length <= state.shown;
    more.textContent = `Show more (${count(Math.max(found.length - state.shown, 0))} left)`;
  }
  function cell(column, row) { const value = column.get(row); return column.number ? count(value) : soft(value); }

  draw();
  window.addEventListener("beforeprint", () => { state.shown = Math.max(state.shown, 1000); draw(); });
  const tools = rows.length > 8 ? el("div", { class: "tools" }, search, selects, status) : el("div", { class: "tools small" }, status);
  return el("div", { class: "data-table" }, tools,
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
      el("table", {}, el("caption", { class: "unseen" }, label), el("thead", {}, el("tr", {}, heads)), body)), more);
}

const sure = (get) => ({ name: "Sure", short: true, get, filter: true, show: (row) => (get(row) === "certain" ? "certain" : badge("likely", "warn")) });
const at = (get, name) => ({ name: name || "Where", wide: true, get: (row) => { const place = get(row); return `${place.path}:${String(place.row).padStart(6, "0")}`; }, show: (row) => placed(get(row)) });
const STANDING_TONE = { past: "bad", factory: "good", allowed: "good", "no-factory": "" };

/* The worst first; of equals the order of the report stays. */
const worstFirst = (rows, badness) => [...rows].sort((a, b) => badness(b) - badness(a));

/* The callers of a release path, listed when they are asked for. */
function callersOf(row) {
  const details = el("details", { on: { toggle: () => { if (details.open && details.childElementCount === 1) details.append(longList(row.callers, (step) => el("li", {}, placed(step.place), " ", soft(step.message)), 10)); } } },
    el("summary", {}, counted(row.callers.length, "caller")));
  return details;
}

function inventories() {
  const all = [
    ["Constructions", worstFirst(REPORT.constructions, (row) => (row.standing === "past" ? 2 : registryOf(row).by_name ? 1 : 0)), [
      { name: "Registry", get: (row) => registryOf(row).name, filter: true },
      { name: "Standing", get: (row) => STANDING[row.standing], filter: true, show: (row) => badge(STANDING[row.standing], STANDING_TONE[row.standing]) },
      { name: "In", get: (row) => functionOf(row).name, show: (row) => code(functionOf(row).name) },
      { name: "Code", get: (row) => row.code, show: (row) => code(row.code) },
      { name: "Reached from", wide: true, get: (row) => reachedFrom(functionOf(row)) },
      sure((row) => row.confidence), at((row) => row.place)]],
    ["Registrations", worstFirst(REPORT.registrations, (row) => (row.kind === "schema" ? 4 : 0) + (row.held === "class" ? 2 : 0) + (registryOf(row).by_name ? 1 : 0)), [
      { name: "Registry", get: (row) => registryOf(row).name, filter: true },
      { name: "Key", get: (row) => row.key, show: (row) => (row.key ? code(row.key) : "–") },
      { name: "What", get: (row) => row.what, show: (row) => (row.what ? shown(row.what) : el("span", { class: "faint" }, "not known")) },
      { name: "Is", get: (row) => row.held, filter: true, show: (row) => badge(row.held, row.held === "class" ? "warn" : "") },
      { name: "Kind", get: (row) => row.kind || "–", filter: true, show: (row) => (row.kind ? badge(row.kind, row.kind === "schema" ? "bad" : row.kind === "tool" ? "good" : "") : "–") },
      { name: "In", get: (row) => functionOf(row).name, show: (row) => code(functionOf(row).name) },
      { name: "Reached from", wide: true, get: (row) => reachedFrom(functionOf(row)) },
      sure((row) => row.confidence), at((row) => row.place)]],
    ["Registry classes", REPORT.registries, [
      { name: "Class", get: (row) => row.name, show: (row) => [el("b", {}, soft(row.name)), row.configured ? [" ", badge("configured")] : null] },
      { name: "Family", get: (row) => last(row.family), filter: true },
      { name: "Known by", get: (row) => (row.by_name ? "its name" : "what it keeps"), filter: true },
      { name: "Built", get: (row) => row.constructions, number: true },
      { name: "Past factory", get: (row) => row.past_factory, number: true, show: (row) => (row.past_factory ? badge(count(row.past_factory), "bad") : "0") },
      { name: "Given", get: (row) => row.registrations, number: true },
      { name: "Factories", get: (row) => row.factories.map((one) => one.name).join(", "), show: (row) => (row.factories.length ? row.factories.map((one, index) => [index ? ", " : "", placed(one.place, one.name)]) : "–") },
      { name: "Scope", get: (row) => row.scope || "–", filter: true },
      at((row) => row.place, "Home")], { sort: 3, down: true }],
    ["Entry points", REPORT.entry_points, [
      { name: "Entry point", get: (row) => row.label, show: (row) => el("b", {}, shown(row.label)) },
      { name: "Kind", get: (row) => row.kind, filter: true }, { name: "Framework", get: (row) => row.framework || "–", filter: true },
      { name: "Builds", get: (row) => row.constructions, number: true }, { name: "Registers", get: (row) => row.registrations, number: true },
      { name: "Families", get: (row) => row.families.map((one) => `${one.constructions}× ${last(one.family)}`).join(", ") },
      sure((row) => row.confidence), at((row) => row.place)], { sort: 3, down: true }],
    ["Trackers", REPORT.trackers, [
      { name: "Tracker", get: (row) => row.name, show: (row) => el("b", {}, soft(row.name)) },
      { name: "Accessor", get: (row) => row.accessor.name, show: (row) => placed(row.accessor.place, row.accessor.name) },
      { name: "Lock", get: (row) => (row.locked ? "locked" : "not locked"), filter: true, show: (row) => (row.locked ? badge("locked", "good") : badge("not locked", "warn")) },
      { name: "Constructor", get: (row) => (row.guarded ? "guarded" : "open"), filter: true, show: (row) => (row.guarded ? badge("guarded", "good") : badge("open", "bad")) },
      { name: "Built", get: (row) => row.constructions, number: true },
      { name: "Past accessor", get: (row) => row.past_accessor.length, number: true, show: (row) => (row.past_accessor.length ? row.past_accessor.map((place) => el("div", {}, placed(place))) : "0") },
      at((row) => row.place)]],
    ["Several homes", REPORT.canonical.flatMap((one) => one.doubles.map((double) => ({ one, double }))), [
      { name: "Name", get: (row) => row.one.name, filter: true, show: (row) => el("b", {}, shown(row.one.name)) },
      { name: "Known by", get: (row) => (row.one.configured ? "configuration" : "the code"), filter: true },
      at((row) => row.one.home.place, "Home"), at((row) => row.double.place, "Second home")]],
    ["Schemas like tools", REPORT.lookalikes, [
      { name: "Schema", get: (row) => row.name, show: (row) => el("b", {}, soft(row.name)) },
      { name: "Why", get: (row) => row.why, show: (row) => badge(row.why, row.registered ? "bad" : "warn") }, at((row) => row.place)]],
    ["Release paths", worstFirst(REPORT.releases, (row) => Number(row.orphan)), [
      { name: "Release", get: (row) => row.name, show: (row) => code(row.name) }, { name: "Of", get: (row) => row.of || "–", filter: true },
      { name: "Callers", get: (row) => row.callers.length, short: true, show: (row) => (row.callers.length ? callersOf(row) : badge(row.orphan ? "nobody" : "none known", row.orphan ? "bad" : "")) },
      at((row) => row.place)]],
    ["Superseded names", REPORT.superseded, [
      { name: "Name", get: (row) => row.name, filter: true, show: (row) => code(row.name) }, { name: "Instead", get: (row) => row.replacement, show: (row) => code(row.replacement) },
      { name: "How", get: (row) => row.how, filter: true }, sure((row) => row.confidence), at((row) => row.place)]],
    ["Test stand-ins", REPORT.stand_ins, [
      { name: "Class", get: (row) => row.name, show: (row) => el("b", {}, soft(row.name)) }, { name: "For", get: (row) => row.of, filter: true }, at((row) => row.place)]],
    ["Unreached", REPORT.functions.filter((one) => one.reached === "unreached"), [
      { name: "Function", get: (row) => row.name, show: (row) => code(row.name) },
      { name: "Builds", get: (row) => REPORT.constructions.filter((site) => functionOf(site) === row).length, number: true },
      { name: "Registers", get: (row) => REPORT.registrations.filter((site) => functionOf(site) === row).length, number: true }, at((row) => row.place)]],
  ].filter(([, rows]) => rows.length);
  const panels = all.map(([label, rows, columns, options], index) =>
    el("div", { role: "tabpanel", id: `panel-${index}`, "aria-labelledby": `tab-${index}`, hidden: index > 0 },
      el("h3", { class: "print-only" }, label), dataTable(label, columns, rows, options)));
  const tabs = all.map(([label, rows], index) => el("button", { role: "tab", id: `tab-${index}`, type: "button", "aria-controls": `panel-${index}`,
    "aria-selected": index === 0 ? "true" : "false", tabindex: index === 0 ? 0 : -1, on: { click: () => choose(index) } },
    label, el("span", { class: "tab-count" }, count(rows.length))));
  function choose(index) {
    tabs.forEach((tab, other) => { tab.setAttribute("aria-selected", String(other === index)); tab.tabIndex = other === index ? 0 : -1; panels[other].hidden = other !== index; });
    tabs[index].focus();
  }
  const list = el("div", { role: "tablist", "aria-label": "Lists", class: "tabs", on: { keydown: (event) => {
    const now = tabs.indexOf(document.activeElement), by = { ArrowRight: 1, ArrowLeft: -1, Home: -now, End: tabs.length - 1 - now }[event.key];
    if (by === undefined || now < 0) return;
    event.preventDefault();
    choose((now + by + tabs.length) % tabs.length);
  } } }, tabs);
  return section("inventory", "Inventory", "Everything that was counted, with its place in the code.",
    all.length ? [list, panels] : el("p", {}, "There are no registries here."));
}

function changesTable(changes) {
  const tones = { added: "warn", gone: "good", changed: "", moved: "" };
  return dataTable("Changes", [
    { name: "Change", get: (row) => row.change, filter: true, show: (row) => badge(row.change, tones[row.change]) },
    { name: "List", get: (row) => row.what.replace("_", " "), filter: true },
    { name: "What", get: (row) => row.text },
    { name: "Before", get: (row) => (row.before ? row.before.path : ""), show: (row) => (row.before ? shown(`${row.before.path}:${row.before.row}`) : "–") },
    { name: "Where", get: (row) => row.place.path, show: (row) => (row.change === "gone" ? shown(`${row.place.path}:${row.place.row}`) : placed(row.place)) }], changes);
}
