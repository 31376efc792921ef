"""A modem in packet mode: what it dials is answered by PPP."""

from __future__ import annotations

__all__ = ["PACKET_MODE"]

PACKET_MODE = """\
title: A stick in packet mode
modem: {profile: gsm}
isp:
  accounts: {alice: wonderland}
  ppp: {auth: chap, remote: 10.64.64.64, dns: [10.11.12.13], network: echo}
  dialogue: [ppp]
"""
"""The scenario. Its account is alice's, with the password wonderland, which a client proves by CHAP."""
