"use strict";
/* Elements by name and texts as texts: no string of the report is ever read as markup. */
const DATA = JSON.parse(document.getElementById("report").textContent);
const REPORT = DATA.report;
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}
const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
const clear = (element) => { while (element.firstChild) element.firstChild.remove(); return element; };

/* Characters that do not print, or that turn the direction of what follows, are named instead. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff]/gu;
const shown = (text) => String(text).replace(HIDDEN, (c) => `<U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`);

const count = (number) => Number(number).toLocaleString("en-US");
const counted = (number, one, many) => `${count(number)} ${number === 1 ? one : many || one + "s"}`;
const last = (dotted) => dotted.slice(dotted.lastIndexOf(".") + 1);
function percent(kept, sites) {
  if (!sites) return null;
  const rounded = Math.round((100 * kept) / sites);
  return kept > 0 && kept < sites ? Math.max(1, Math.min(99, rounded)) : rounded;
}

function address(place) {
  if (!DATA.link) return null;
  const fields = { path: place.path.split("/").map(encodeURIComponent).join("/"), row: place.row, column: place.column };
  return DATA.link.replace(/\{(path|row|column)\}/g, (_, name) => fields[name]);
}
function placed(place, text) {
  const said = soft(text === undefined ? `${place.path}:${place.row}` : text);
  const href = safely(() => address(place));
  const title = `${shown(place.path)}:${place.row}:${place.column}`;
  return href
    ? el("a", { class: "place", href, title, rel: "noopener noreferrer", target: "_blank" }, ...said)
    : el("span", { class: "place", title }, ...said);
}
function safely(ask) {
  try { return ask(); } catch (error) { if (error instanceof URIError) return null; throw error; }
}
/* A long name may be broken behind its dots, slashes and underscores. */
const soft = (text) => shown(text).split(/(?<=[./_(,])(?=\S)|(?<=[a-z])(?=[A-Z])/).flatMap((part, index) => (index ? [el("wbr"), part] : [part]));
const code = (text) => el("code", {}, soft(text));
function badge(text, tone) { return el("span", { class: `badge ${tone || ""}` }, shown(text)); }

function section(id, title, lead, ...children) {
  return el("section", { id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title), lead ? el("p", { class: "lead" }, lead) : null, ...children);
}
const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0);

/* What the report's indexes stand for. */
const registryOf = (site) => REPORT.registries[site.registry];
const functionOf = (site) => REPORT.functions[site.function];
const STANDING = { factory: "in its factory", allowed: "allowed here", "no-factory": "has no factory", past: "past its factory" };
const REACHED = { reached: "by an entry point", "at-import": "by an import", unreached: "by nothing known" };
function reachedFrom(functionRecord) {
  if (functionRecord.reached !== "reached") return REACHED[functionRecord.reached];
  const entry = REPORT.entry_points[functionRecord.entries[0]];
  const others = functionRecord.entries.length - 1;
  return entry.label + (others ? ` and ${counted(others, "other")}` : "");
}
