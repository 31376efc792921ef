"""What a client sent, quoted in a verdict: short, on one line, and without its secrets."""

from __future__ import annotations

from collections.abc import Iterable

from simisp.facts.sources import Source
from simisp.scenario.wording import quoted
from simisp.spans import Spans
from simisp.transcript.record import octets_record
from simisp.transcript.redaction import Redactor, mask_text

__all__ = ["Excerpts"]

_LONGEST = 40
"""How many octets are shown of one piece."""


class Excerpts:
    r"""Quotes what a client sent.

    Args:
        passwords: What is masked wherever it occurs, also the beginning of one that is cut off.

    Example:
        >>> excerpts = Excerpts(["wonderland"])
        >>> print(excerpts.of(b"ATZ\r"), excerpts.of(b"wonderl"), excerpts.of(b"p=1\r", ((2, 3),)))
        "ATZ\r" "*******" "p=*\r"
    """

    def __init__(self, passwords: Iterable[str]) -> None:
        self._passwords = tuple(password.encode("latin-1", "replace") for password in passwords)

    def of(self, data: bytes, secrets: Spans = (), span: tuple[int, int] | None = None) -> str:
        """Return octets in quotes.

        Args:
            data: The octets.
            secrets: The spans of them that answer a prompt for a secret.
            span: The first of them that is shown, and the one after the last; None for all.
        """
        redactor = Redactor(self._passwords)
        records = [*redactor.feed(octets_record(0.0, Source.CLIENT, data, secrets)), *redactor.flush()]
        shown = b"".join(record.data for record in records)
        first, end = span or (0, len(shown))
        return quoted(shown[first:end].decode("latin-1"), _LONGEST)

    def of_text(self, text: str) -> str:
        """Return a text, such as a command line, truncated if it is long."""
        return quoted(self.masked(text), _LONGEST)[1:-1]

    def masked(self, text: str) -> str:
        """Return a text of the scenario's, such as a pattern, whole and as it was written but for passwords."""
        return mask_text(text, self._passwords)
