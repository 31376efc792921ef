"""The numbers of telnet: commands (RFC 854) and options."""

from __future__ import annotations

__all__ = [
    "AYT",
    "BINARY",
    "BREAK",
    "COM_PORT",
    "DM",
    "DO",
    "DONT",
    "ECHO",
    "IAC",
    "NOP",
    "SB",
    "SE",
    "SGA",
    "TERMINAL_TYPE",
    "WILL",
    "WONT",
]

SE, NOP, DM, BREAK, AYT = 240, 241, 242, 243, 246
SB, WILL, WONT, DO, DONT, IAC = 250, 251, 252, 253, 254, 255
"""RFC 854, "Telnet command structure"."""

BINARY = 0
"""RFC 856."""
ECHO = 1
"""RFC 857."""
SGA = 3
"""Suppress go-ahead, RFC 858."""
TERMINAL_TYPE = 24
"""RFC 1091."""
COM_PORT = 44
"""RFC 2217."""
