"""Rules' pages: their docstrings, whose sections are a heading with its text indented below it."""

from __future__ import annotations


def as_markdown(documentation: str) -> str:
    """The sections of a rule's page, the first paragraph left out, with Markdown headings of the third level."""
    lines: list[str] = []
    inside = False
    source = documentation.partition("\n\n")[2].split("\n")
    for line, after in zip(source, [*source[1:], ""], strict=True):
        if line and not line[0].isspace():
            inside = after.startswith("    ")
            lines += [f"### {line}", ""] if inside else [line]
        else:
            lines.append(line.removeprefix("    ") if inside else line)
    return "\n".join(lines).strip()
