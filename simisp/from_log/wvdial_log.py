"""Reads what wvdial writes: its own lines begin with an arrow, and all others came from the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from simisp.from_log.said import LoggedText, Side, asks
from simisp.from_log.stamps import time_of

__all__ = ["is_of_wvdial", "said_to_wvdial"]

_OWN = re.compile(r"(?:^|\bWvDial(?:\[\d+\])?: |\bwvdial(?:\[\d+\])?: ?)-->\s?(.*)$")
_SENDING = re.compile(r"Sending: (.*)")
_ENDS = re.compile(r"^(?:Caught signal|Disconnecting)")
_HIDDEN = "(password)"


def is_of_wvdial(lines: Sequence[str]) -> bool:
    """Return whether a log is one of wvdial."""
    return any((found := _OWN.search(line)) and found[1].startswith(("WvDial", "Sending: ")) for line in lines)


def said_to_wvdial(lines: Sequence[str]) -> Iterator[LoggedText]:
    """Yield what was sent, up to the end of the first call. A prompt that waits is written twice, and said once."""
    last = ""
    for line in lines:
        own = _OWN.search(line)
        words = own[1].strip() if own else line.strip()
        if own is None and not _ENDS.match(words):
            if words and not (words == last and asks(words)):
                yield LoggedText(Side.LINE, words, time_of(line), is_prompt=asks(words))
            last = words
        elif own is not None and (sent := _SENDING.match(words)):
            yield LoggedText(Side.CLIENT, sent[1], time_of(line), is_hidden=sent[1] == _HIDDEN)
        elif words.startswith("Disconnecting"):
            return
