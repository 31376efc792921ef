"""Finds awaited texts in the octets of one side of the line, each once and in order of arrival."""

from __future__ import annotations

from simisp.facts.sources import Source
from simisp.transcript.transcript import Transcript

__all__ = ["TextSearch"]

_MOST_OCTETS = 4 * 1024 * 1024
"""How many past octets are searched for a text that is awaited for the first time: as many as a transcript keeps."""


class TextSearch:
    r"""Finds one text after another in the octets of one side, each after the end of the one before.

    Each octet is examined once for each text, however often the text is asked for. Octets that the transcript drops do
    not shift anything.

    Args:
        transcript: Where the octets are recorded.
        sender: The side whose octets are searched.

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
        """Return whether ``text`` has arrived after the last text found. A text that was found is not found again."""
        try:
            sought = text.encode("latin-1")
        except UnicodeEncodeError:
            return False  # a character that no octet stands for
        self._take_new()
        if sought != self._sought:
            self._sought, self._from = sought, 0
        found = self._ahead.find(sought, self._from)
        if found < 0:
            # The beginning of the text may have arrived already.
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
