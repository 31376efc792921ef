"""Text that is waited for in what one side of the line has said, found once and in the order of its coming."""

from __future__ import annotations

from simisp.facts.sources import Source
from simisp.transcript.transcript import Transcript

__all__ = ["TextSearch"]

_MOST_OCTETS = 4 * 1024 * 1024
"""The most octets in which a text is looked for that was not waited for before: as many as a transcript keeps."""


class TextSearch:
    r"""Finds one text after the other in the octets of one side, each after the end of the one before.

    Each octet is looked at once for each text, however often it is asked, and what the transcript no longer keeps
    moves nothing.

    Args:
        transcript: Where the octets are recorded.
        source: Whose octets.

    Example:
        >>> from simisp.transcript import Source, Transcript
        >>> from simisp.transcript.record import octets_record
        >>> transcript = Transcript()
        >>> search = TextSearch(transcript)
        >>> transcript.add(octets_record(0.0, Source.MODEM, b"\r\nOK\r\n"))
        >>> search.find("OK"), search.find("OK")
        (True, False)
    """

    def __init__(self, transcript: Transcript, sender: Source = Source.MODEM) -> None:
        self._transcript = transcript
        self._sender = sender
        self._next_record = 0
        self._ahead = bytearray()
        self._sought = b""
        self._from = 0

    def find(self, text: str) -> bool:
        """Return whether ``text`` has come after what was found before. A text that was found is not found again."""
        try:
            sought = text.encode("latin-1")
        except UnicodeEncodeError:
            return False  # no octets stand for it
        self._take_new()
        if sought != self._sought:
            self._sought, self._from = sought, 0
        found = self._ahead.find(sought, self._from)
        if found < 0:
            # Its beginning may be there already.
            self._from = max(0, len(self._ahead) - len(sought) + 1)
            return False
        self._forget(found + len(sought))
        self._from = 0
        return True

    def _take_new(self) -> None:
        records, self._next_record = self._transcript.since(self._next_record)
        for record in records:
            if record.data and record.sender is self._sender:
                self._ahead += record.data
        if len(self._ahead) > _MOST_OCTETS:
            self._forget(len(self._ahead) - _MOST_OCTETS)

    def _forget(self, octets: int) -> None:
        del self._ahead[:octets]
        self._from = max(0, self._from - octets)
