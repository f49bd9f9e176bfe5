"""The built-in rules, one a file; installed as registry_lint.rules."""
