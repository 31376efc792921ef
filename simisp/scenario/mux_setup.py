"""From the section of the multiplexer to the configuration of its machine. Loaded only if there is one."""

from __future__ import annotations

from simisp.cmux.conduct import CommandBit, DiscAnswer, MuxConduct, SignalsSent
from simisp.line.multiplexed import MuxSetup
from simisp.scenario.multiplexer import MultiplexerSection

__all__ = ["mux_setup"]


def mux_setup(section: MultiplexerSection | None) -> MuxSetup:
    """Return what a section says of the multiplexer; None for one with the usual manners."""
    if section is None:
        return MuxSetup()
    conduct = MuxConduct(
        unanswered=frozenset(section.sabm_unanswered),
        disc=DiscAnswer(section.disc_answered_with),
        final_bit=section.final_bit,
        command_bit=CommandBit(section.command_bit),
        signals=SignalsSent(section.msc),
        greeting=section.greeting.encode("latin-1"),
        lost_length=section.length_lost_in,
        octet_a_frame=section.octet_a_frame,
        never_ready=section.fc_never_released,
        answers_flags=not section.flags_ignored,
    )
    return MuxSetup(
        conduct,
        frozenset(range(1, section.channels + 1)),
        section.restarts_after,
        section.banner.encode("latin-1"),
    )
