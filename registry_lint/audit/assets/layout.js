/* The map's model: which nodes are drawn one by one and which are folded into their file or folder, and where they stand. */
const COLUMNS = [["entry", "Entry points"], ["function", "Functions"], ["registry", "Registries"]];
const ROOM = 34; // nodes of one column that are drawn before files, and then folders, are folded
const SPOKEN = 14; // of these, the nodes that matter most: they are never folded

function folders(path) {
  const parts = path.split("/"), found = [path];
  for (let depth = parts.length - 1; depth > 0; depth -= 1) found.push(`${parts.slice(0, depth).join("/")}/`);
  return found;
}

/* How much a node matters: by the constructions past a factory that it makes, leads to or suffers; then by its arrows. */
function weights(graph) {
  const past = new Map(), arrows = new Map(), add = (map, id, by) => map.set(id, (map.get(id) || 0) + by);
  for (const edge of graph.edges) {
    for (const id of [edge.source, edge.target]) { add(arrows, id, 1); if (edge.kind === "past") add(past, id, edge.times); }
  }
  const led = new Map();
  for (const edge of graph.edges) if (edge.kind === "leads") add(led, edge.source, past.get(edge.target) || 0);
  return new Map(graph.nodes.map((node) => [node.id, 1000 * (past.get(node.id) || 0) + 10 * (led.get(node.id) || 0) + (arrows.get(node.id) || 0)]));
}

/* For each node of a column the name of the group that it is drawn in, or null where it is drawn by itself. */
function groupsOf(nodes, opened, weight) {
  const levels = nodes.map((node) => folders(node.place.path)), chosen = nodes.map(() => -1);
  const spoken = new Set([...nodes].sort((a, b) => weight.get(b.id) - weight.get(a.id)).slice(0, SPOKEN).map((node) => node.id));
  for (let turn = 0; turn < 40; turn += 1) {
    const drawn = new Map();
    nodes.forEach((node, index) => {
      const group = chosen[index] < 0 ? `\u0000${node.id}` : levels[index][Math.min(chosen[index], levels[index].length - 1)];
      drawn.set(group, [...(drawn.get(group) || []), index]);
    });
    if (drawn.size <= ROOM) break;
    /* fold the deepest places first: what is left of a path is what tells groups apart */
    const depth = Math.max(...nodes.map((node, index) => (spoken.has(node.id) ? 0 : levels[index].length - Math.max(chosen[index], 0))));
    nodes.forEach((node, index) => {
      if (spoken.has(node.id)) return;
      if (turn === 0) chosen[index] = 0;
      else if (levels[index].length - chosen[index] === depth && chosen[index] < levels[index].length - 1) chosen[index] += 1;
    });
  }
  const names = nodes.map((node, index) => (chosen[index] < 0 ? null : levels[index][chosen[index]]));
  /* more folders than there is room for: the smallest are put together */
  const sizes = new Map(), room = ROOM - names.filter((name) => name === null).length - 1;
  for (const name of names) if (name !== null) sizes.set(name, (sizes.get(name) || 0) + 1);
  if (sizes.size > room + 1) {
    const largest = new Set([...sizes].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).slice(0, Math.max(room, 1)).map(([name]) => name));
    names.forEach((name, index) => { if (name !== null && !largest.has(name)) names[index] = "(elsewhere)"; });
    sizes.clear();
  }
  for (const name of sizes.size ? [] : names) if (name !== null) sizes.set(name, (sizes.get(name) || 0) + 1);
  return names.map((name) => (name === null || opened.has(name) || sizes.get(name) === 1 ? null : name));
}

function modelOf(graph, view) {
  const keep = graph.nodes.filter((node) => !view.only || view.only.has(node.id));
  const byColumn = COLUMNS.map(([kind]) => keep.filter((node) => node.kind === kind));
  const home = new Map(), drawn = new Map(), weight = weights(graph);
  byColumn.forEach((nodes, column) => {
    const opened = view.opened[column], names = groupsOf(nodes, opened, weight);
    nodes.forEach((node, index) => {
      const id = names[index] === null ? node.id : `g${column}:${names[index]}`;
      home.set(node.id, id);
      if (!drawn.has(id)) drawn.set(id, { id, column, members: [], group: names[index], label: names[index] === null ? node.label : names[index], order: drawn.size });
      drawn.get(id).members.push(node);
    });
  });
  const bundles = new Map();
  for (const edge of graph.edges) {
    const source = home.get(edge.source), target = home.get(edge.target);
    if (!source || !target || view.hidden.has(edge.kind)) continue;
    const key = `${source}\u0000${target}\u0000${edge.kind}`;
    if (!bundles.has(key)) bundles.set(key, { source, target, kind: edge.kind, times: 0 });
    bundles.get(key).times += edge.times;
  }
  const edges = [...bundles.values()], nodes = [...drawn.values()], used = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  return arranged({ nodes: nodes.filter((node) => used.has(node.id) || view.only), edges });
}

/* Nodes near those that they are joined with: each column by the mean of its neighbours' ranks, a few times over. */
function arranged(model) {
  const columns = COLUMNS.map((_, column) => model.nodes.filter((node) => node.column === column));
  const near = new Map(model.nodes.map((node) => [node.id, []]));
  for (const edge of model.edges) { near.get(edge.source)?.push(edge.target); near.get(edge.target)?.push(edge.source); }
  const rank = new Map();
  const number = (nodes) => nodes.forEach((node, index) => rank.set(node.id, (index + 0.5) / nodes.length));
  columns.forEach(number);
  for (const turn of [1, 2, 1, 0, 1, 2, 1, 0, 1]) {
    const mean = new Map(columns[turn].map((node) => {
      const ranks = near.get(node.id).map((id) => rank.get(id)).filter((value) => value !== undefined);
      return [node.id, ranks.length ? ranks.reduce((a, b) => a + b, 0) / ranks.length : rank.get(node.id)];
    }));
    columns[turn].sort((a, b) => mean.get(a.id) - mean.get(b.id) || a.order - b.order);
    number(columns[turn]);
  }
  return { ...model, columns, near };
}
