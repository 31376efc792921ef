"""The flat code of a compiled script: one instruction for each thing that happens, jumps by index.

Blocks are gone: ``if`` and ``while`` are conditional jumps, so a ``goto`` reaches any label of its procedure, inside a
``while`` body too. Every wait is an instruction of its own; a ``getip`` inside an expression has become a
:class:`GetIp` before the instruction that uses the address.

Two programs are equal when they do the same thing: places and the statements that the instructions come from take no
part in the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simisp.diagnostics import Place, SourceText
from simisp.scp.environment import Value
from simisp.scp.syntax import PortSetting, Procedure, Statement, ValueType
from simisp.scp.values import Evaluable

__all__ = [
    "Assign",
    "Delay",
    "End",
    "GetIp",
    "Halt",
    "Instruction",
    "Jump",
    "JumpUnless",
    "Pattern",
    "Program",
    "SetIpAddress",
    "SetPort",
    "SetScreenKeyboard",
    "Slot",
    "Transmit",
    "Waitfor",
]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step.

    Attributes:
        place: Where its statement stands in the text.
        statement: The statement that it belongs to; None for what no statement asked for: the initial values, the
            jump back at the end of a loop, the end of the procedure.
        first: Whether it is the first instruction of its statement.
    """

    place: Place = field(compare=False, kw_only=True)
    statement: Statement | None = field(compare=False, kw_only=True, default=None, repr=False)
    first: bool = field(compare=False, kw_only=True, default=True)


@dataclass(frozen=True, slots=True)
class Assign(Instruction):
    """Put a value into a variable."""

    slot: int
    value: Evaluable


@dataclass(frozen=True, slots=True)
class Jump(Instruction):
    """Go on at another instruction."""

    target: int


@dataclass(frozen=True, slots=True)
class JumpUnless(Instruction):
    """Go on at another instruction when a condition is FALSE, and with the next one when it is TRUE."""

    condition: Evaluable
    target: int


@dataclass(frozen=True, slots=True)
class Delay(Instruction):
    """Wait for a time, in seconds."""

    seconds: Evaluable


@dataclass(frozen=True, slots=True)
class GetIp(Instruction):
    """Wait, without limit, for the n-th address from the remote.

    Attributes:
        index: Which one, counted from 1; None is the first.
        slot: The variable that takes it, or None to drop it.
    """

    index: Evaluable | None
    slot: int | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One string that a :class:`Waitfor` waits for.

    Attributes:
        text: The string, its sequences not yet interpreted.
        matchcase: Whether case matters.
        target: Where to go on when it comes; None is the next instruction.
    """

    text: Evaluable
    matchcase: bool
    target: int | None


@dataclass(frozen=True, slots=True)
class Waitfor(Instruction):
    """Wait for one of several strings.

    Attributes:
        patterns: The strings, in the order of the script.
        until: The limit in seconds, or None for none. When it has passed the next instruction follows.
    """

    patterns: tuple[Pattern, ...]
    until: Evaluable | None


@dataclass(frozen=True, slots=True)
class Transmit(Instruction):
    """Send a string."""

    text: Evaluable
    raw: bool


@dataclass(frozen=True, slots=True)
class SetPort(Instruction):
    """Change one setting of the port."""

    setting: PortSetting
    value: str


@dataclass(frozen=True, slots=True)
class SetScreenKeyboard(Instruction):
    """Let the user type, or not."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetIpAddress(Instruction):
    """Give the workstation its address."""

    address: Evaluable


@dataclass(frozen=True, slots=True)
class Halt(Instruction):
    """Stop, and leave it to the user to go on."""


@dataclass(frozen=True, slots=True)
class End(Instruction):
    """The end of ``proc main``: PPP or SLIP starts."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable at run time.

    Attributes:
        name: Its name in the script; empty for one that the compiler made.
        type: Its type.
        initial: What it holds before anything is put there.
    """

    name: str
    type: ValueType
    initial: Value


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled script. It never changes: compile once, run often.

    Attributes:
        instructions: The code; the last instruction is :class:`End`.
        slots: The variables.
        source: The text that it was compiled from.
        main: The procedure that it was compiled from.
    """

    instructions: tuple[Instruction, ...]
    slots: tuple[Slot, ...]
    source: SourceText = field(compare=False, repr=False)
    main: Procedure = field(compare=False, repr=False)
