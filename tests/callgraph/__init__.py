"""Our call graph held against what really runs: a project's own test suite, traced, and other static tools."""
