"""The choices that the language's documentation leaves open, one switch for each."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to read what the documentation does not say.

    The language was documented only in part, so an interpreter must choose. The defaults are what the known scripts
    suggest, or else what does least harm; a tester can run a script both ways. Fixed choices, without a switch:
    integers have 32 bits and wrap around, division drops the remainder towards zero, ``and`` and ``or`` evaluate
    their right side only when it matters, a ``getip`` inside an expression waits before anything else in the
    statement is evaluated, ``delay`` of zero or less does not wait, an empty pattern matches at once, and the time of
    ``until`` is total, not since the last octet (this last one is documented).
    """

    discard_unread_input: bool = False
    """Whether ``waitfor`` forgets what came before it began. By default octets that arrive during a ``delay`` stay
    for the next wait, as the documented uses of ``getip`` after ``waitfor`` need it."""

    waitfor_matches_case: bool = False
    """Whether ``waitfor`` without ``matchcase`` minds case as well. ``matchcase`` would then be without meaning,
    though one translation of the documentation reads so, and authors drop first letters ("ogin:") as if it did."""

    equality_matches_case: bool = True
    """Whether ``==`` and ``!=`` between strings mind case."""

    equality_interprets_sequences: bool = False
    """Whether ``==`` and ``!=`` compare what strings stand for (``"^M"`` equal to ``"<cr>"``) and not how they are
    written."""

    tags_in_any_case: bool = True
    """Whether ``<CR>`` and ``<LF>`` mean what ``<cr>`` and ``<lf>`` mean. Only the lower case is documented."""

    success_at_start: bool = False
    """The value of ``$SUCCESS`` before the first ``waitfor``; ``$FAILURE`` is its opposite at all times."""

    until_zero_waits_for_ever: bool = False
    """Whether ``until 0``, or less, is no limit. By default it looks at what has arrived and goes on at once."""

    getip_in_strings: bool = True
    """Whether ``set ipaddr`` with a string that reads ``getip 2`` waits for an address, as the documentation's own
    sample has it. Otherwise that string is no address."""

    framing_in_software: bool = False
    """Whether ``set port`` parity is computed here, on the octets sent, for an endpoint that has no framing of its own
    (a PTY, a TCP connection). What is received loses the bits beyond the data bits either way."""

    trace: bool = False
    """Whether to tell of each statement as it runs (:class:`~simisp.scp.outputs.Traced`)."""
