"""Calls by a phone-book entry: dialler, command, event log, saved state."""
