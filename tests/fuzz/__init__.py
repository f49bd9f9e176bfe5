"""Mutated files and invented projects, through every command and format: `python -m tests.fuzz --help`."""
