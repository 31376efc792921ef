"""Faults of a line: small machines in its channels, one module for each family. Their table is ``faults/table.py``."""
