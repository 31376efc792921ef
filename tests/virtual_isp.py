"""An ISP for tests in virtual time, and the scripts with which real programs log in there."""

from __future__ import annotations

from collections.abc import Sequence

from virtual_line import FarEnd

__all__ = ["KERMIT", "MINICOM", "isp"]

PROMPTS = (b"\r\nUsername: ", b"\r\nPassword: ", b"\r\nsession starting\r\n")


def isp(*, silent: bool) -> FarEnd:
    """A modem that connects after 15 s, and an ISP that asks for service, user name and password, each a second later.

    Args:
        silent: Whether it says no more once it has the user name.
    """
    told: list[bytes] = []

    def answer(line: bytes) -> Sequence[tuple[float, bytes]]:
        if line.upper().startswith(b"ATD"):
            return [(15.0, b"\r\nCONNECT 28800\r\n"), (17.0, b"\r\nService? ")]
        if line.upper().startswith(b"AT"):
            return [(0.3, b"\r\nOK\r\n")]
        if not line:
            return []
        told.append(line)
        if len(told) > len(PROMPTS) or (silent and len(told) > 1):
            return []
        return [(1.0, PROMPTS[len(told) - 1])]

    return FarEnd(answer)


_DIALOGUE = (("ATZ", "OK", 5), ("ATDT1", "CONNECT", 60), ("", "Service?", 20), ("PPP", "name:", 20))
_LOGIN = (("joe", "word:", 20), ("secret", "starting", 20))

MINICOM = "timeout 300\n" + "".join(
    (f'send "{says}"\n' if says else "") + f'expect {{\n "{hears}"\n timeout {limit} goto fail\n}}\n'
    for says, hears, limit in _DIALOGUE + _LOGIN
)
"""For minicom's runscript."""
MINICOM += 'print "LOGIN OK"\nexit 0\nfail:\nexit 3\n'

KERMIT = "set modem type none\nset carrier-watch off\nset line \\%1\nif fail exit 7\nset flow none\n" + "".join(
    (f"output {says}\\13\n" if says else "") + f"input {limit} {hears}\nif fail exit 3\n"
    for says, hears, limit in _DIALOGUE + _LOGIN
)
"""For C-Kermit."""
KERMIT += "exit 0\n"
