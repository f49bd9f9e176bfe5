"""A linter for code that keeps objects in registries and behind factories."""
