/* Ways as diagrams: a lane for each file, a box for each step, arrows from the source down to the sink. */
const BOX = { width: 250, gap: 30, lane: 18, line: 15, chars: 34, title: 30 };

/* Lines of so many characters; a long name is broken behind its dots and underscores. */
function folded(text, chars) {
  const lines = [""];
  for (const part of text.split(/(?<= )|(?<=[._/])(?=\S)/)) {
    for (let rest = part; rest; ) {
      const line = lines[lines.length - 1];
      if (line.length + rest.trimEnd().length <= chars) { lines[lines.length - 1] += rest; rest = ""; }
      else if (line && rest.length <= chars) lines.push("");
      else { const room = line.length < chars - 8 ? chars - line.length : 0; if (room) { lines[lines.length - 1] += rest.slice(0, room); rest = rest.slice(room); } lines.push(""); }
    }
  }
  const kept = lines.map((line) => line.trimEnd()).filter(Boolean);
  return kept.length > 6 ? [...kept.slice(0, 5), `${kept[5].slice(0, chars - 1)}…`] : kept;
}
const tail = (text, chars) => (text.length > chars ? `…${text.slice(text.length - chars + 1)}` : text);

/* steps: [{place, title, text}], source first. `narrow`: one lane for all files, where there is no room for more. */
function wayDiagram(steps, label, narrow) {
  const laneOf = (step) => (narrow ? "" : step.place.path);
  const files = [...new Set(steps.map(laneOf))], lanes = new Map(files.map((path, index) => [path, index]));
  const top = narrow ? 0 : 30, width = files.length * (BOX.width + BOX.lane) + BOX.lane;
  let y = top + 14;
  const boxes = steps.map((step, index) => {
    const title = folded(shown(step.title || ""), BOX.title), text = folded(shown(step.text || ""), BOX.chars);
    const lines = [...title.filter(Boolean).map((line) => ["step-title", line]), ...text.filter(Boolean).map((line) => ["step-text", line]), ["step-place", narrow ? tail(`${shown(step.place.path)}:${step.place.row}`, 36) : `row ${step.place.row}`]];
    const box = { x: BOX.lane + lanes.get(laneOf(step)) * (BOX.width + BOX.lane), y, height: lines.length * BOX.line + 14, lines, step, index };
    y += box.height + BOX.gap;
    return box;
  });
  const height = y - BOX.gap + 16;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "way", role: "img", "aria-label": label });
  files.forEach((path, index) => {
    const x = BOX.lane / 2 + index * (BOX.width + BOX.lane);
    drawing.append(svg("rect", { x, y: 0, width: BOX.width + BOX.lane - 4, height, rx: 8, class: "lane" }),
      svg("text", { x: x + 12, y: 20, class: "lane-name" }, tail(shown(path), 34), svg("title", {}, shown(path))));
  });
  boxes.forEach((box, index) => {
    if (!index) return;
    const from = boxes[index - 1], x1 = from.x + BOX.width / 2, y1 = from.y + from.height, x2 = box.x + BOX.width / 2, y2 = box.y - 6, bend = (y1 + y2) / 2;
    drawing.append(svg("path", { d: `M${x1},${y1} C${x1},${bend} ${x2},${bend} ${x2},${y2}`, class: "step-arrow" }),
      svg("path", { d: `M${x2 - 4.5},${y2 - 3} L${x2},${y2 + 4} L${x2 + 4.5},${y2 - 3} Z`, class: "step-head" }));
  });
  for (const box of boxes) {
    const kind = boxes.length > 1 && box.index === 0 ? "source" : box.index === boxes.length - 1 ? "sink" : "";
    const inner = svg("g", { class: `step ${kind}` },
      svg("rect", { x: box.x, y: box.y, width: BOX.width, height: box.height, rx: 7 }),
      svg("circle", { cx: box.x, cy: box.y + 12, r: 9, class: "step-dot" }), svg("text", { x: box.x, y: box.y + 15.5, class: "step-number" }, box.index + 1),
      box.lines.map(([style, line], row) => svg("text", { x: box.x + 16, y: box.y + 18 + row * BOX.line, class: style }, line)));
    const href = safely(() => address(box.step.place));
    drawing.append(href ? svg("a", { href, target: "_blank", rel: "noopener noreferrer" }, inner) : inner);
  }
  return el("div", { class: "way-scroll", tabindex: 0, role: "region", "aria-label": label }, drawing);
}

function hopsOf(record, nth) {
  const found = [];
  for (let at = record.starts[nth]; at >= 0; at = record.steps[at][1]) found.push(REPORT.hops[record.steps[at][0]]);
  return found;
}

/* The way from an entry point (the nth of a function's) to the function: its own place, then each call. */
function callSteps(record, nth, ending) {
  const entry = REPORT.entry_points[record.entries[nth]];
  const steps = entry ? [{ place: entry.place, title: entry.label, text: "begins here" }] : [];
  const how = { call: "is called", construct: "is built", property: "is read", dependency: "is injected", name: "is called (by its name alone)",
    decorator: "decorates", reference: "is handed on", override: "may be called (an override)", text: "is named in a text" };
  for (const hop of hopsOf(record, nth)) steps.push({ place: hop.place, title: hop.name, text: how[hop.how] || hop.how });
  for (const one of ending) steps.push(one);
  return steps;
}

function findings() {
  if (!REPORT.findings.length) return section("findings", "Findings", null, el("p", { class: "good-text" }, "The rules found nothing."));
  const weight = { error: 0, warning: 1, info: 2 }, tones = { error: "bad", warning: "warn", info: "" };
  const ordered = [...REPORT.findings].sort((a, b) => weight[a.severity] - weight[b.severity] || compare(a.code, b.code) || compare(a.place.path, b.place.path) || a.place.row - b.place.row);
  const rules = new Map();
  for (const finding of ordered) rules.set(finding.code, [...(rules.get(finding.code) || []), finding]);
  const state = { text: "", rule: "" }, holder = el("div"), status = el("span", { class: "status", role: "status", "aria-live": "polite" });
  const chips = [["", "all", ordered.length, ""], ...[...rules].map(([rule, found]) => [rule, `${rule} ${found[0].name}`, found.length, tones[found[0].severity]])].map(([rule, label, times, tone]) =>
    el("button", { type: "button", class: `chip ${tone}`, "aria-pressed": String(rule === ""), on: { click: () => { state.rule = rule; draw(); } }, "data-rule": rule }, label, el("span", { class: "tab-count" }, count(times))));
  const search = el("input", { type: "search", class: "search", placeholder: "Search findings", "aria-label": "Search findings", on: { input: () => { state.text = search.value.trim().toLowerCase(); draw(); } } });
  function draw() {
    for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.rule === state.rule));
    const found = ordered.filter((one) => (!state.rule || one.code === state.rule) &&
      (!state.text || `${one.code} ${one.name} ${one.message} ${one.place.path} ${one.symbol}`.toLowerCase().includes(state.text)));
    status.textContent = found.length === ordered.length ? counted(ordered.length, "finding") : `${count(found.length)} of ${counted(ordered.length, "finding")}`;
    clear(holder).append(longList(found, (one) => el("li", {}, findingCard(one, tones[one.severity])), 12));
  }
  draw();
  return section("findings", "Findings", "Each with its way through the code: open one to see where the mistake is made and where it hurts.",
    el("div", { class: "chips", role: "group", "aria-label": "Rules" }, chips), el("div", { class: "tools" }, search, status), holder);
}

function findingCard(finding, tone) {
  const card = el("details", { class: `finding ${tone}`, on: { toggle: () => {
    if (!card.open || card.dataset.drawn) return;
    card.dataset.drawn = "yes";
    card.append(findingBody(finding));
  } } }, el("summary", {}, el("span", { class: "finding-head" }, badge(finding.code, tone), el("span", { class: "finding-name" }, shown(finding.name)),
    finding.confidence === "likely" ? badge("likely", "") : null, finding.way.length > 1 ? badge(`${finding.way.length} steps`, "steps") : null),
    el("span", { class: "finding-message" }, shown(finding.message)), el("span", { class: "finding-place" }, shown(`${finding.place.path}:${finding.place.row}`))));
  return card;
}
function findingBody(finding) {
  const steps = finding.way.map((step) => ({ place: step.place, title: step.symbol, text: step.message }));
  if (!steps.length) steps.push({ place: finding.place, title: finding.symbol, text: finding.message });
  return el("div", { class: "finding-body" },
    finding.help ? el("p", { class: "help" }, el("b", {}, "Instead: "), shown(finding.help)) : null,
    wayDiagram(steps, `The way of ${finding.code}: ${counted(steps.length, "step")}`),
    finding.related.length ? el("div", { class: "related" }, el("b", {}, "Related"), longList(finding.related, (step) => el("li", {}, placed(step.place), " ", shown(step.message)), 8)) : null);
}
