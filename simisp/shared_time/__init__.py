"""Shared virtual time: the page that clients share, the rules for moving its clock, and what cannot share it."""
