"""Scenarios: YAML in, a typed model out, with the place of every value, and every mistake found in one pass."""
