"""Octets and circuits in and out of the process."""
