"""The choices that the language's documentation leaves open, with a switch for each."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to treat what the documentation does not specify.

    The language was documented only in part, so an interpreter must choose. The defaults are what the known scripts
    suggest, or else what does least harm; a tester can run a script both ways. Fixed choices, without a switch:
    integers have 32 bits and wrap around, division truncates towards zero, ``and`` and ``or`` evaluate their right side
    only if it matters, a ``getip`` inside an expression waits before anything else in the statement is evaluated,
    ``delay`` of zero or less does not wait, an empty pattern matches at once, and the time of ``until`` is the total
    time, not the time since the last octet (this last one is documented).
    """

    discard_unread_input: bool = False
    """Whether ``waitfor`` discards octets that came before it. By default octets that arrive during a ``delay`` are
    kept for the next wait, as the documented uses of ``getip`` after ``waitfor`` require."""

    waitfor_matches_case: bool = False
    """Whether ``waitfor`` without ``matchcase`` is case-sensitive too. One translation of the documentation reads
    so, and authors drop first letters ("ogin:") as if it were, but then ``matchcase`` would have no meaning."""

    equality_matches_case: bool = True
    """Whether ``==`` and ``!=`` between strings are case-sensitive."""

    equality_interprets_sequences: bool = False
    """Whether ``==`` and ``!=`` compare strings after interpreting their sequences (``"^M"`` equal to ``"<cr>"``)
    rather than as written."""

    tags_in_any_case: bool = True
    """Whether ``<CR>`` and ``<LF>`` are the same as ``<cr>`` and ``<lf>``. Only the lower case is documented."""

    success_at_start: bool = False
    """The value of ``$SUCCESS`` before the first ``waitfor``; ``$FAILURE`` is always its opposite."""

    until_zero_waits_forever: bool = False
    """Whether ``until 0``, or less, means no limit. By default it checks what has arrived and continues at once."""

    getip_in_strings: bool = True
    """Whether ``set ipaddr`` with a string such as "getip 2" waits for an address, as in the documentation's own
    sample. Otherwise such a string is an invalid address."""

    framing_in_software: bool = False
    """Whether the parity of ``set port`` is computed here, on the octets sent, for an endpoint without framing (a
    PTY, a TCP connection). Received octets lose the bits beyond the data bits in any case."""

    trace: bool = False
    """Whether to output :class:`~simisp.scp.outputs.Traced` for each statement as it runs."""
