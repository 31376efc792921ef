"""What a Session is configured with, and what the Sessions of one modem share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simisp.far_end import FarEnd
from simisp.framing import Framing
from simisp.isp.accounts import Accounts
from simisp.isp.dialogue import Dialogue
from simisp.isp.steps import DialogueProgram
from simisp.line.channel import ChannelMaker, ChannelPlace
from simisp.line.exchange import Exchange
from simisp.modem.config import ModemConfig
from simisp.modem.subsystem import ModemSubsystem

if TYPE_CHECKING:
    from simisp.line.manners.altered import AlteredAnswers

__all__ = ["Isp", "SessionConfig", "SharedModem"]


@dataclass(frozen=True, slots=True)
class Isp:
    """The configuration of the ISP.

    Attributes:
        programs: The dialogue of the first call, the second, and so on; the last one repeats. If empty, calls stay up
            in silence.
        accounts: The accounts that may log in.
        framing: The ISP's character framing. A PTY shows seven bits and parity as eight bits.
        secrets: Passwords besides those of the accounts, to be masked.
        at_prompts: Makes what a frame of PPP at a prompt starts; None if it is octets like any others.
    """

    programs: Sequence[DialogueProgram] = ()
    accounts: Accounts = field(default_factory=Accounts)
    framing: Framing = field(default_factory=Framing)
    secrets: Sequence[str] = ()
    at_prompts: Callable[[], FarEnd] | None = None

    def answer(self, call: int) -> FarEnd:
        """Return the first far end of a call. Calls are counted from 1."""
        dialogue = Dialogue(self.program(call), self.accounts)
        if self.at_prompts is None:
            return dialogue
        from simisp.ppp.start import PppStart  # few ISPs take PPP at their prompts

        return PppStart(dialogue, self.at_prompts)

    def program(self, call: int) -> DialogueProgram:
        """Return the dialogue of a call, counted from 1."""
        return self.programs[min(call, len(self.programs)) - 1] if self.programs else DialogueProgram(name="nothing")


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """The configuration of a Session.

    Attributes:
        modem: The modem's factory settings.
        exchange: Where numbers lead.
        isp: The ISP that answers.
        channels: Makes the channel of each place that has one; elsewhere everything passes on at once.
        seed: The seed of everything random.
        subsystem: Makes what the modem has besides the telephone line; None for a dial-up modem.
        manners: Makes what alters the modem's answers, which then have marks; None if nothing does.
    """

    modem: ModemConfig = field(default_factory=ModemConfig)
    exchange: Exchange = field(default_factory=Exchange)
    isp: Isp = field(default_factory=Isp)
    channels: Mapping[ChannelPlace, ChannelMaker] = field(default_factory=dict)
    seed: int = 0
    subsystem: Callable[[], ModemSubsystem] | None = None
    manners: Callable[[], AlteredAnswers] | None = None


@dataclass(slots=True)
class SharedModem:
    """What the Sessions of one modem share, when it has several lines: ports, or channels of a multiplexer.

    Attributes:
        subsystem: What the modem has besides the telephone line; None for a dial-up modem.
        calls: How many calls the ISP has answered, on all lines together.
    """

    subsystem: ModemSubsystem | None = None
    calls: int = 0

    @classmethod
    def of(cls, config: SessionConfig) -> SharedModem:
        """Return what the Sessions of a new modem share."""
        return cls(config.subsystem() if config.subsystem is not None else None)
