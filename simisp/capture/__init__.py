"""Frames on a line: found in a transcript, kept in a file that network analysers read, and shown as text."""
