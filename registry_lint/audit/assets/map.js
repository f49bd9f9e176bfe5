/* The map: who builds and who registers. Hover or focus shows what is joined, Enter pins it, + opens a group. */
const STEP = 30, NODE_HEIGHT = 24, KINDS = [["leads", "leads to"], ["builds", "builds"], ["past", "builds past the factory"], ["registers", "registers in"]];

function registryMap() {
  const graph = DATA.graph;
  if (!graph.nodes.length) return section("map", "Map", null, el("p", {}, "Nothing is built or registered."));
  const view = { opened: COLUMNS.map(() => new Set()), hidden: new Set(), only: null };
  const forward = new Map(), backward = new Map();
  for (const edge of graph.edges) {
    forward.set(edge.source, [...(forward.get(edge.source) || []), edge.target]);
    backward.set(edge.target, [...(backward.get(edge.target) || []), edge.source]);
  }
  const nodesById = new Map(graph.nodes.map((node) => [node.id, node]));
  const stage = el("div", { class: "map-stage" }), panel = el("aside", { class: "map-panel", "aria-live": "polite", "aria-label": "Selected" });
  let model, items, arrows, pinned = null, current = null;

  function joined(ids) {
    const found = new Set(ids);
    for (const next of [forward, backward]) {
      const pending = [...ids], seen = new Set(ids);
      while (pending.length) for (const id of next.get(pending.pop()) || []) if (!seen.has(id)) { seen.add(id); found.add(id); pending.push(id); }
    }
    return found;
  }

  function draw(focusId) {
    model = modelOf(graph, view);
    const wide = Math.max(760, stage.clientWidth || 1000), slot = wide / 3, boxWidth = Math.min(290, slot * 0.78);
    const rows = Math.max(...model.columns.map((nodes) => nodes.length), 3), height = rows * STEP + 52;
    const xs = [8, (wide - boxWidth) / 2, wide - boxWidth - 8], place = new Map();
    model.columns.forEach((nodes, column) => {
      const pitch = nodes.length ? Math.min((height - 52) / nodes.length, 64) : 0, from = 44 + (height - 52 - pitch * nodes.length) / 2;
      nodes.forEach((node, index) => place.set(node.id, { x: xs[column], y: from + pitch * (index + 0.5) }));
    });
    arrows = model.edges.map((edge) => {
      const a = place.get(edge.source), b = place.get(edge.target), x1 = a.x + boxWidth, x2 = b.x - 5, bend = (x2 - x1) * 0.45;
      const shift = { leads: 0, builds: -3, past: -3, registers: 4 }[edge.kind];
      const line = svg("path", { d: `M${x1},${a.y + shift} C${x1 + bend},${a.y + shift} ${x2 - bend},${b.y + shift} ${x2},${b.y + shift}`,
        class: `edge ${edge.kind}`, "stroke-width": (1.1 + Math.min(2.6, Math.log2(edge.times) * 0.7)).toFixed(2) },
        svg("title", {}, `${KINDS.find(([kind]) => kind === edge.kind)[1]}: ${counted(edge.times, "time")}`));
      return { edge, line };
    });
    items = new Map(model.nodes.map((node) => [node.id, { node, mark: drawNode(node, place.get(node.id), boxWidth) }]));
    const heads = COLUMNS.map(([, name], column) => svg("text", { x: xs[column], y: 18, class: "column-name" }, `${name} (${count(graph.nodes.filter((node) => node.kind === COLUMNS[column][0]).length)})`));
    clear(stage).append(svg("svg", { viewBox: `0 0 ${wide} ${height}`, width: wide, height, class: "map", role: "group", "aria-label": "Map: entry points lead to functions, functions build and register" },
      heads, arrows.sort((a, b) => (a.edge.kind === "past") - (b.edge.kind === "past")).map(({ line }) => line), [...items.values()].map(({ mark }) => mark)));
    fitLabels(boxWidth);
    const first = (focusId && items.get(focusId)) || [...items.values()][0];
    if (first) first.mark.setAttribute("tabindex", "0");
    if (focusId && items.has(focusId)) items.get(focusId).mark.focus();
    if (pinned && !items.has(pinned)) pinned = null;
    highlight(pinned);
  }

  function drawNode(node, spot, width) {
    const kind = COLUMNS[node.column][0];
    const bad = graph.edges.some((edge) => edge.kind === "past" && node.members.some((member) => member.id === edge.source || (kind === "registry" && member.id === edge.target)));
    const unreached = kind === "function" && node.members.every((member) => REPORT.functions[Number(member.id.slice(1))].reached === "unreached");
    const mark = svg("g", { class: `node ${kind} ${node.group ? "group" : ""} ${bad ? "past" : ""} ${unreached ? "unreached" : ""}`, tabindex: "-1", role: "button",
      "aria-label": `${node.group ? `${counted(node.members.length, "thing")} in ` : ""}${shown(node.label)}`, on: {
        mouseenter: () => pinned || highlight(node.id), mouseleave: () => pinned || highlight(null), focus: () => { current = node.id; if (!pinned) highlight(node.id); },
        click: (event) => (event.detail > 1 && node.group ? open(node) : pin(node.id)), keydown: (event) => key(event, node) } },
      svg("rect", { x: spot.x, y: spot.y - NODE_HEIGHT / 2, width, height: NODE_HEIGHT, rx: kind === "registry" ? 12 : 6 }),
      svg("text", { x: spot.x + 10, y: spot.y + 4, class: "node-label" }, shown(node.label)), svg("title", {}, node.group ? `${shown(node.label)} (double click, or +, to open)` : `${shown(node.label)}\n${shown(node.members[0].place.path)}:${node.members[0].place.row}`));
    if (node.group) mark.append(svg("text", { x: spot.x + width - 10, y: spot.y + 4, class: "node-count" }, `${node.members.length} +`));
    return mark;
  }
  /* Letters differ in width: labels are drawn whole, measured together, and those that are too long cut until they fit. */
  function fitLabels(width) {
    let open = [...items.values()].map(({ node, mark }) => ({ node, text: mark.querySelector(".node-label"), whole: shown(node.label), room: width - (node.group ? 58 : 20) }));
    for (let turn = 0; open.length && turn < 12; turn++) {
      for (const label of open) label.wide = label.text.getComputedTextLength();
      open = open.filter((label) => label.wide > label.room);
      for (const label of open) {
        const chars = label.text.textContent.length;
        label.text.textContent = fitted(label.whole, Math.max(Math.min(chars - 1, Math.floor(chars * label.room / label.wide)), 2), label.node.group, COLUMNS[label.node.column][0] === "function");
      }
    }
  }
  /* Of a path the end stays, of a method both ends: there it differs from the others. */
  function fitted(text, chars, byEnd, byBoth) {
    if (text.length <= chars) return text;
    if (byEnd) return tail(text, chars);
    if (byBoth) return text.slice(0, Math.floor(chars * 0.42)) + tail(text, chars - Math.floor(chars * 0.42));
    const path = text.match(/^(\w+ )(\S*\/\S*)(.*)$/);
    if (path && chars > path[1].length + path[3].length + 8) return path[1] + tail(path[2], chars - path[1].length - path[3].length) + path[3];
    return `${text.slice(0, Math.max(chars - 1, 1))}…`;
  }

  function key(event, node) {
    const column = model.columns[node.column], index = column.indexOf(node);
    const side = (by) => { const next = model.near.get(node.id).map((id) => items.get(id).node).filter((other) => other.column === node.column + by); return next[0]; };
    const target = { ArrowDown: column[index + 1], ArrowUp: column[index - 1], ArrowRight: side(1), ArrowLeft: side(-1) }[event.key];
    if (target) { event.preventDefault(); move(target.id); }
    else if (event.key.startsWith("Arrow")) event.preventDefault();
    else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(node.id); }
    else if ((event.key === "+" || event.key === "=") && node.group) open(node);
    else if (event.key === "Escape") { pinned = null; highlight(null); }
  }
  function move(id) {
    for (const { mark } of items.values()) mark.setAttribute("tabindex", "-1");
    items.get(id).mark.setAttribute("tabindex", "0");
    items.get(id).mark.focus();
  }
  function open(node) { view.opened[node.column].add(node.group); pinned = null; draw(node.members[0].id); reset.hidden = false; }
  function pin(id) { pinned = pinned === id ? null : id; highlight(pinned || id); }

  function highlight(id) {
    const lit = id ? joined(items.get(id).node.members.map((member) => member.id)) : null;
    for (const [itemId, { node, mark }] of items) {
      const on = !lit || node.members.some((member) => lit.has(member.id));
      mark.classList.toggle("dim", !on);
      mark.classList.toggle("lit", Boolean(lit) && itemId === id);
      mark.setAttribute("aria-pressed", String(itemId === pinned));
    }
    for (const { edge, line } of arrows) {
      const here = (other) => items.get(other).node.members.some((member) => lit.has(member.id));
      line.classList.toggle("dim", Boolean(lit) && !(here(edge.source) && here(edge.target)));
      line.classList.toggle("lit", Boolean(lit) && here(edge.source) && here(edge.target));
    }
    clear(panel).append(...(id ? inspect(items.get(id).node) : [intro()]));
  }
  const intro = () => el("div", { class: "note" }, el("p", {}, "Point at something to see what leads to it and what it builds. Click, or Enter, keeps it; Escape lets go."),
    el("p", {}, "Things of one file or folder are folded where there are many: a double click, or +, opens them. Arrow keys move."));

  function inspect(node) {
    if (node.group) {
      return [el("h3", {}, shown(node.label)), el("p", {}, counted(node.members.length, "thing"), " ", el("button", { type: "button", on: { click: () => open(node) } }, "Open")),
        longList(node.members, (member) => el("li", {}, placed(member.place, member.label)), 30)];
    }
    const member = node.members[0], number = Number(member.id.slice(1));
    const parts = [el("h3", {}, shown(member.label)), el("p", {}, placed(member.place)), el("p", {}, el("button", { type: "button", on: { click: () => only(node) } }, "Show only what is joined"))];
    if (member.kind === "function") return [...parts, ...inspectFunction(REPORT.functions[number], number)];
    if (member.kind === "registry") return [...parts, ...inspectRegistry(REPORT.registries[number], number)];
    const leads = (forward.get(member.id) || []).map((id) => nodesById.get(id));
    return [...parts, el("h4", {}, `Leads to ${counted(leads.length, "function")}`), longList(leads, (one) => el("li", {}, leadsTo(member, REPORT.functions[Number(one.id.slice(1))])), 20)];
  }
  /* One function that an entry point leads to, and the way there when it is opened. */
  function leadsTo(member, record) {
    const nth = record.entries.findIndex((entry) => { const point = REPORT.entry_points[entry]; return point.place.path === member.place.path && point.place.row === member.place.row; });
    const details = el("details", { on: { toggle: () => { if (details.open && nth >= 0 && details.childElementCount === 1) details.append(wayDiagram(callSteps(record, nth, []), `The way to ${shown(record.name)}`, true)); } } },
      el("summary", {}, code(record.name)));
    return details;
  }
  function only(node) { view.only = joined(node.members.map((member) => member.id)); pinned = null; reset.hidden = false; draw(node.id); }

  const search = el("input", { type: "search", class: "search", placeholder: "Find on the map", "aria-label": "Find on the map", on: { input: () => {
    const text = search.value.trim().toLowerCase();
    const hits = text ? graph.nodes.filter((node) => `${node.label} ${node.place.path}`.toLowerCase().includes(text)) : [];
    view.only = hits.length ? new Set(hits.flatMap((node) => [...joined([node.id])])) : null;
    found.textContent = text ? counted(hits.length, "match", "matches") : "";
    pinned = null; draw(); } } });
  const found = el("span", { class: "status", role: "status", "aria-live": "polite" });
  const reset = el("button", { type: "button", class: "quiet", hidden: true, on: { click: () => { view.only = null; view.opened.forEach((set) => set.clear()); search.value = ""; found.textContent = ""; reset.hidden = true; pinned = null; draw(); } } }, "Show everything");
  const present = new Set(graph.edges.map((edge) => edge.kind));
  const legend = el("div", { class: "legend", role: "group", "aria-label": "Arrows" }, KINDS.filter(([kind]) => present.has(kind)).map(([kind, name]) => {
    const box = el("input", { type: "checkbox", checked: true, on: { change: () => { if (box.checked) view.hidden.delete(kind); else view.hidden.add(kind); draw(); } } });
    return el("label", {}, box, svg("svg", { width: 26, height: 8, "aria-hidden": "true" }, svg("path", { d: "M0,4 L26,4", class: `edge ${kind}`, "stroke-width": 2.2 })), name);
  }));
  let waiting = 0;
  window.addEventListener("resize", () => { window.clearTimeout(waiting); waiting = window.setTimeout(() => draw(), 150); });
  window.setTimeout(() => draw(), 0);
  return section("map", "Who builds, who registers", "From the left: what starts the program, the functions that it leads to, the registries that they build or fill. Red: past a factory. Dashed frames: no entry point is known to lead there.",
    el("div", { class: "tools" }, search, found, reset, legend), el("div", { class: "map-frame" }, stage, panel));
}

/* The way from the nearest entry point, and a choice of the others. */
function waySelection(record, drawn) {
  const told = (nth) => [nth < record.sure ? null : el("p", {}, badge("perhaps", "warn"), " An overriding method or a callback is on the way."), drawn(nth)].filter(Boolean);
  const holder = el("div", {}, told(0));
  if (record.entries.length < 2) return holder;
  const select = el("select", { "aria-label": "From which entry point", on: { change: () => clear(holder).append(...told(Number(select.value))) } },
    record.entries.slice(0, 400).map((entry, nth) => el("option", { value: nth }, shown(REPORT.entry_points[entry].label))));
  return el("div", {}, el("p", {}, el("label", {}, "From ", select)), holder);
}

function inspectFunction(record, number) {
  const built = REPORT.constructions.filter((site) => site.function === number), stored = REPORT.registrations.filter((site) => site.function === number);
  const parts = [];
  if (record.reached === "reached") {
    parts.push(el("p", {}, `Reached from ${reachedFrom(record)}.`),
      waySelection(record, (nth) => wayDiagram(callSteps(record, nth, [...built, ...stored].slice(0, 1).map((site) => ({ place: site.place, title: registryOf(site).name, text: site.code }))), `The way to ${shown(record.name)}`, true)));
  } else parts.push(el("p", {}, `Reached ${REACHED[record.reached]}.`));
  if (built.length) parts.push(el("h4", {}, `Builds ${count(built.length)}`), longList(built, (site) => el("li", {}, badge(STANDING[site.standing], STANDING_TONE[site.standing]), " ", code(site.code), " ", placed(site.place)), 12));
  if (stored.length) parts.push(el("h4", {}, `Registers ${count(stored.length)}`), longList(stored, (site) => el("li", {}, code(site.code), " ", site.what ? shown(site.what) : null, " ", placed(site.place)), 12));
  return parts;
}
function inspectRegistry(record, number) {
  const built = REPORT.constructions.filter((site) => site.registry === number), stored = REPORT.registrations.filter((site) => site.registry === number);
  return [
    el("p", {}, record.factories.length ? ["Factories: ", record.factories.map((one, index) => [index ? ", " : "", placed(one.place, one.name)])] : "It has no factory.", record.scope ? ` Its scope is ${shown(record.scope)}.` : null),
    el("h4", {}, `Built in ${counted(built.length, "place")}`), longList(built, (site) => el("li", {}, badge(STANDING[site.standing], STANDING_TONE[site.standing]), " ", code(functionOf(site).name), " ", placed(site.place)), 15),
    el("h4", {}, `Given ${counted(stored.length, "thing")}`), longList(stored, (site) => el("li", {}, site.what ? shown(site.what) : code(site.code), " ", placed(site.place)), 15)];
}
