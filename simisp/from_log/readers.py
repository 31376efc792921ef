"""Recognises what kind of log a text is, and reads it; a line that is not understood is left out."""

from __future__ import annotations

import re

from simisp.facts.line import CallEnded, CallHandedOver, Octets
from simisp.facts.sources import Source
from simisp.from_log.chat_log import chat_lines, said_in_chat
from simisp.from_log.pppd_log import seen_ppp
from simisp.from_log.said import LogFormat, LoggedText, ReadLog, SeenPpp, Side, split_answer, without_echo
from simisp.from_log.screen import said_on_screen
from simisp.from_log.stamped_log import is_stamped, said_in_stamped
from simisp.from_log.wvdial_log import is_of_wvdial, said_to_wvdial
from simisp.transcript import TranscriptFile, read
from simisp.transcript.json_lines import FORMAT

__all__ = ["read_log"]

_HALF_A_CHARACTER = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
"""A surrogate that stands for no octet: no file has one, but a text that a program made may."""


def read_log(text: str) -> ReadLog:
    """Return what a log says. Its format is recognised by its lines.

    A text in a log was octets on the line: beyond ASCII each is a character of its own in what is returned.

    Args:
        text: The log; octets that are not UTF-8 as surrogates (the error handler ``surrogateescape``).

    Raises:
        TranscriptError: It begins like a transcript, but does not follow the format.
    """
    octets = _HALF_A_CHARACTER.sub("?", text.removeprefix("\ufeff")).encode("utf-8", "surrogateescape")
    lines = re.split(r"\r*\n|\r", octets.decode("latin-1"))
    if FORMAT in lines[0]:
        return _transcript(read(f"{line}\n" for line in octets.decode("utf-8", "replace").split("\n") if line.strip()))
    if chat := chat_lines(lines):
        return ReadLog(LogFormat.CHAT, tuple(without_echo(said_in_chat(chat))), ppp=seen_ppp(lines))
    if is_of_wvdial(lines):
        return ReadLog(LogFormat.WVDIAL, tuple(without_echo(said_to_wvdial(lines))), ppp=seen_ppp(lines))
    if sum(map(is_stamped, lines)) >= 2:
        return ReadLog(LogFormat.STAMPED, tuple(said_in_stamped(lines)))
    return ReadLog(LogFormat.SCREEN, tuple(said_on_screen(lines)))


def _transcript(file: TranscriptFile) -> ReadLog:
    """Return what a transcript says, up to the end of the first call that the client ended."""
    said: list[LoggedText] = []
    pending = {Side.CLIENT: "", Side.LINE: ""}
    ppp = False
    for record in file.records:
        if isinstance(record.fact, CallHandedOver) and record.fact.to.lower().startswith("ppp"):
            ppp = True
        if ppp or (isinstance(record.fact, CallEnded) and record.fact.by == "client"):
            break
        if not isinstance(record.fact, Octets):
            continue
        side = Side.CLIENT if record.source is Source.CLIENT else Side.LINE
        if side is Side.CLIENT and split_answer(pending[Side.LINE]):
            said.append(LoggedText(Side.LINE, pending[Side.LINE], record.at, is_prompt=True))
            pending[Side.LINE] = ""
        *whole, pending[side] = re.split(r"\r\n|\r|\n", pending[side] + record.data.decode("latin-1"))
        said += [LoggedText(side, line, record.at, is_hidden=bool(line) and not line.strip("*")) for line in whole]
    if pending[Side.LINE]:
        said.append(LoggedText(Side.LINE, pending[Side.LINE], is_prompt=True))
    return ReadLog(LogFormat.TRANSCRIPT, tuple(without_echo(said)), ppp=SeenPpp() if ppp else None)
