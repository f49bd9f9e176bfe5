/* The page, from top to bottom. */
function limits() {
  const seen = REPORT.limits;
  return section("limits", "What was not seen", "Nothing was run: the code was read. Where it could not be followed, something may be missing here.",
    el("ul", { class: "plain" },
      el("li", {}, `Of ${counted(seen.calls, "call")} between entry points and registries, ${count(seen.unresolved_calls)} that may lead on could not be resolved.`),
      seen.cut_short.map((name) => el("li", {}, "Called too often to be followed backward: ", code(name))),
      seen.bounds.map((bound) => el("li", {}, "A bound was met: ", shown(bound))), seen.unexamined.map((one) => el("li", {}, "Not examined: ", shown(one)))));
}

function themeButton() {
  const root = document.documentElement, dark = window.matchMedia("(prefers-color-scheme: dark)");
  const button = el("button", { type: "button", class: "quiet", on: { click: () => { root.dataset.theme = isDark() ? "light" : "dark"; said(); } } });
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const said = () => { button.textContent = isDark() ? "Light" : "Dark"; button.setAttribute("aria-label", `Use ${isDark() ? "light" : "dark"} colours`); };
  said();
  dark.addEventListener("change", said);
  return button;
}

(function build() {
  const parts = [overview(), trend(), contracts(), registryMap(), findings(), inventories(), limits()].filter(Boolean);
  const links = parts.filter((part) => part.id !== "overview").map((part) => el("a", { href: `#${part.id}` }, { trend: "Changes", contracts: "Contracts", map: "Map", findings: "Findings", inventory: "Inventory", limits: "Limits" }[part.id]));
  document.getElementById("page").append(
    el("a", { class: "skip", href: "#main" }, "Skip to the report"),
    el("header", { class: "top" }, el("div", { class: "top-inner" },
      el("h1", {}, el("span", { class: "mark", "aria-hidden": "true" }), shown(REPORT.project), REPORT.revision ? el("span", { class: "revision" }, shown(REPORT.revision.slice(0, 12))) : null),
      el("nav", { "aria-label": "Sections" }, links), themeButton())),
    el("main", { id: "main" }, parts),
    el("footer", {}, `Made by registry-lint ${shown(REPORT.version)} from ${counted(REPORT.files, "production file")} and ${counted(REPORT.test_files, "test file")}.`));
  window.addEventListener("beforeprint", () => { for (const panel of document.querySelectorAll("[role=tabpanel]")) panel.dataset.printed = "yes"; });
})();
