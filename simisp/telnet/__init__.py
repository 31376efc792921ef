"""Telnet (RFC 854) and its COM port option (RFC 2217) as machines without I/O and without time."""
