"""Measurements beside other tools: `python -m tests.benchmarks --help`."""
