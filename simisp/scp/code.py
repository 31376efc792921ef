"""The flat code of a compiled script: one instruction for each action, with jumps by index.

There are no blocks: ``if`` and ``while`` are conditional jumps, so a ``goto`` can reach any label of its procedure,
also inside a ``while`` body. Every wait is a separate instruction; a ``getip`` inside an expression becomes a
:class:`GetIp` before the instruction that uses the address.

Two programs are equal if they do the same thing: places and the source statements of instructions are not compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simisp.diagnostics import Place, SourceText
from simisp.machine import SendData
from simisp.scp.environment import Value
from simisp.scp.patterns import Strings
from simisp.scp.syntax import PortSetting, Procedure, Statement, ValueType
from simisp.scp.text import encode, interpret
from simisp.scp.values import Constant, Evaluable

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
    """One instruction.

    Attributes:
        place: Where its statement is in the text.
        statement: The statement that it belongs to; None if it belongs to none: the initial values, the jump back at
            the end of a loop, the end of the procedure.
        first: Whether it is the first instruction of its statement.
    """

    place: Place = field(compare=False, kw_only=True)
    statement: Statement | None = field(compare=False, kw_only=True, default=None, repr=False)
    first: bool = field(compare=False, kw_only=True, default=True)


@dataclass(frozen=True, slots=True)
class Assign(Instruction):
    """Store a value in a variable."""

    slot: int
    value: Evaluable


@dataclass(frozen=True, slots=True)
class Jump(Instruction):
    """Continue at another instruction."""

    target: int


@dataclass(frozen=True, slots=True)
class JumpUnless(Instruction):
    """Continue at another instruction if a condition is FALSE, and at the next one if it is TRUE."""

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
        index: The number of the address, counted from 1; None for the first.
        slot: The variable that receives it, or None to drop it.
    """

    index: Evaluable | None
    slot: int | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One string that a :class:`Waitfor` waits for.

    Attributes:
        text: The string, with its sequences not yet interpreted.
        matchcase: Whether case matters.
        target: Where to continue when it arrives; None for the next instruction.
    """

    text: Evaluable
    matchcase: bool
    target: int | None


@dataclass(frozen=True, slots=True)
class Waitfor(Instruction):
    """Wait for one of several strings.

    Attributes:
        patterns: The strings, in the order of the script.
        until: The limit in seconds, or None for no limit. After it, the next instruction follows.
    """

    patterns: tuple[Pattern, ...]
    until: Evaluable | None
    matchcase: tuple[bool, ...] = field(init=False, compare=False, repr=False)
    """Whether case matters, for each."""
    strings: Strings | None = field(init=False, compare=False, repr=False)
    """The strings ready to be sought, if all of them are literals."""
    seconds: int | None = field(init=False, compare=False, repr=False)
    """The limit, if it is a literal."""

    def __post_init__(self) -> None:
        texts = [each.text.value for each in self.patterns if isinstance(each.text, Constant)]
        literals = [text for text in texts if isinstance(text, str)]
        matchcase = tuple(each.matchcase for each in self.patterns)
        limit = self.until.value if isinstance(self.until, Constant) else None
        object.__setattr__(self, "matchcase", matchcase)
        object.__setattr__(self, "seconds", limit if isinstance(limit, int) else None)
        object.__setattr__(self, "strings", Strings(literals, matchcase) if len(literals) == len(matchcase) else None)


@dataclass(frozen=True, slots=True)
class Transmit(Instruction):
    """Send a string."""

    text: Evaluable
    raw: bool
    literal: tuple[SendData, SendData] | None = field(init=False, compare=False, repr=False)
    """What to send if the text is a literal: where tags are in lower case only, and where they may be in any case."""

    def __post_init__(self) -> None:
        text = self.text.value if isinstance(self.text, Constant) else None
        literal = None
        if isinstance(text, str):
            read = [text if self.raw else interpret(text, tags_in_any_case=each) for each in (False, True)]
            literal = (SendData(encode(read[False])), SendData(encode(read[True])))
        object.__setattr__(self, "literal", literal)


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
    """Set the workstation's address."""

    address: Evaluable


@dataclass(frozen=True, slots=True)
class Halt(Instruction):
    """Stop, until the user continues."""


@dataclass(frozen=True, slots=True)
class End(Instruction):
    """The end of ``proc main``: PPP or SLIP starts."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable at run time.

    Attributes:
        name: Its name in the script; empty for one that the compiler made.
        type: Its type.
        initial: Its value before any assignment.
    """

    name: str
    type: ValueType
    initial: Value


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled script. It is immutable: compile once, run often.

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
    initial: tuple[Value, ...] = field(init=False, compare=False, repr=False)
    """The variables' values before any assignment."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "initial", tuple(slot.initial for slot in self.slots))
