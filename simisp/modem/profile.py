"""Profiles: what kind of modem it is. A profile is data, and all modems of the kind share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simisp.modem.answers import FinalText
from simisp.modem.command_row import CommandTable
from simisp.modem.registers import REGISTERS, Register
from simisp.modem.result_codes import ResultCode, ResultCodes

__all__ = ["Conduct", "Identity", "ModemProfile", "ModemTiming"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a modem says of itself.

    Attributes:
        manufacturer: ``AT+GMI``.
        model: ``AT+GMM``, and ``ATI`` unless ``information`` has another text.
        revision: ``AT+GMR``.
        serial_number: ``AT+GSN``.
        information: The answers to ``ATI`` by number, with LF between lines; a number that is not there gives only OK.
            None: the model for 0, the revision for 1, and all three for 3.
        capabilities: What ``AT+GCAP`` names; None: +FCLASS, +MS, +ES and +DS, if it has them.
        object_id: ``AT+GOI``: an object identifier (ITU-T X.690 in decimal notation).
    """

    manufacturer: str = "simisp"
    model: str = "simisp"
    revision: str = "1"
    serial_number: str = "000001"
    information: Mapping[int, str] | None = None
    capabilities: tuple[str, ...] | None = None
    object_id: str = "1.3.6.1.4.1"

    def about(self, number: int) -> str | None:
        """Return the answer to ``ATI`` with this number, or None if the answer is only OK.

        See Also:
            ITU-T V.250, 6.1.3: the meaning of the numbers is left to the maker.
        """
        if self.information is not None:
            return self.information.get(number)
        texts = {0: self.model, 1: self.revision, 3: f"{self.manufacturer} {self.model} {self.revision}"}
        return texts.get(number)


@dataclass(frozen=True, slots=True)
class ModemTiming:
    """How long a modem takes, in seconds, each 0 or more.

    Attributes:
        deaf_after_reset: How long no octet is taken after ``ATZ`` has been answered.
    """

    deaf_after_reset: float = 0.0


@dataclass(frozen=True, slots=True)
class Conduct:
    r"""Where modems differ in what they do.

    Attributes:
        reset_ends_line: Whether the rest of a line after Z is dropped (ITU-T V.250, 6.1.1 allows it).
        unsolicited_while_typing: Whether unsolicited results come between octets of a command line; otherwise they
            wait for its end.
        prompt: What is sent to ask for text (3GPP TS 27.005, 3.5.1).
        echoes: Whether the modem ever echoes: some say OK to E1, and do not.
    """

    reset_ends_line: bool = False
    unsolicited_while_typing: bool = False
    prompt: bytes = b"\r\n> "
    echoes: bool = True


@dataclass(frozen=True, eq=False)
class ModemProfile:
    """One kind of modem.

    Attributes:
        name: The name, as a scenario has it.
        rows: Its commands, with their ranges and factory values.
        identity: What it says of itself.
        registers: Its S-registers by number, with bounds and factory values.
        results: The words and numbers of its result codes.
        unknown: The answer to a command that it does not know.
        timing: How long it takes.
        conduct: Where it differs from others in what it does.
        settings: Values in the factory settings that differ from the rows': by command, of a basic command its number,
            of an extended one its values with commas between them.
        is_cellular: Whether it has a SIM and a radio network besides the telephone line.
    """

    name: str
    rows: CommandTable
    identity: Identity = Identity()
    registers: Mapping[int, Register] = field(default_factory=lambda: REGISTERS)
    results: ResultCodes = field(default_factory=ResultCodes)
    unknown: ResultCode | FinalText = ResultCode.ERROR
    timing: ModemTiming = ModemTiming()
    conduct: Conduct = Conduct()
    settings: Mapping[str, int | str] = field(default_factory=dict)
    is_cellular: bool = False
