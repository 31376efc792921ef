"""An ISP's PPP in words."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from simisp.scenario.ppp_section import PppSection
from simisp.scenario.program_section import ProgramSection
from simisp.scenario.wording import how_long, joined, quoted

__all__ = ["ppp_words", "program_words"]

_AUTHENTICATION = {
    "none": "there is no log-in",
    "pap": "the log-in is by PAP",
    "chap": "the log-in is by CHAP",
    "mschap-v2": "the log-in is by MS-CHAP v2",
}
_NETWORK = {
    "none": "nothing is behind the link",
    "echo": "ICMP echo is answered",
    "run": "a program speaks PPP itself",
    "slip": "a program behind the link gets each packet in a frame of SLIP",
}

_TERMINALS = {
    "lines": "on a terminal that edits lines",
    "raw": "on a terminal that changes nothing",
    "none": "without a terminal",
}


def ppp_words(section: PppSection) -> str:
    """Return what a section says, as the end of a sentence that begins with "speak PPP"; empty if it says nothing.

    Example:
        >>> ppp_words(PppSection()), ppp_words(PppSection(auth="pap", remote="10.1.1.1"))
        ('', ': the log-in is by PAP; the client gets the address 10.1.1.1')
    """
    told = "; ".join(_told(section))
    return f": {told}" if told else ""


def _told(section: PppSection) -> Iterator[str]:
    if section.auth is not None:
        yield _AUTHENTICATION[section.auth]
    if section.accounts is not None:
        yield f"it knows {joined(quoted(name) for name in section.accounts)}"
    if section.name is not None:
        yield f"its name is {quoted(section.name)}"
    yield from _told_of_network(section)
    if section.mru is not None:
        yield f"it takes {section.mru} octets in a frame"
    if section.echo is not None:
        every, failures = how_long(section.echo.every), section.echo.failures
        yield f"it sends an Echo-Request each {every}, and gives up after {failures} without an answer"
    if section.at_prompts:
        yield "a frame at any prompt starts it"
    if section.behaviour is not None:
        yield f"its behaviour is {quoted(section.behaviour)}"
    if section.nth is not None:
        yield f"it damages one frame in {section.nth}"
    if section.after is not None:
        yield f"it shows {how_long(section.after)} after the link has come up"


def _told_of_network(section: PppSection) -> Iterator[str]:
    if section.local is not None:
        yield f"its address is {section.local}"
    if section.remote is not None:
        yield f"the client gets the address {section.remote}"
    if section.dns:
        yield f"it tells the DNS {'server' if len(section.dns) == 1 else 'servers'} {joined(section.dns)}"
    if section.ipv6:
        yield "it agrees on IPv6 too"
    if section.network is not None:
        yield _NETWORK[section.network]
    if section.run is not None:
        yield f"the program is {program_words(section.run)}"


def program_words(section: ProgramSection) -> str:
    """Return a program in words, as the end of a sentence.

    Example:
        >>> program_words(ProgramSection(command=["slirp", "-P"], terminal="raw"))
        '"slirp -P" on a terminal that changes nothing'
    """
    told = quoted(shlex.join(section.command))
    if section.terminal is not None:
        told += f" {_TERMINALS[section.terminal]}"
    if section.folder is not None:
        told += f" in {quoted(section.folder)}"
    if section.environment:
        told += f" with {joined(section.environment)} in its environment"
    return told
