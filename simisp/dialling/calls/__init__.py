"""Calls by an entry of the phone book: dialler, command, log of events, kept state."""
