"""The flat code of a dialogue: a list of instructions, with jumps by index.

The scenario's nested steps are compiled to this form, so that ``go to``, ``again``, ``choices`` and ``repeat`` are all
plain jumps and the dialogue needs no stack.

All these classes are created at every start, and a frozen one takes twice as long: so they are made immutable by
``Final`` fields, which the type checker enforces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:  # a scenario is checked without them
    from simisp.client_deeds import ClientDeed
    from simisp.far_end import FarEnd

__all__ = [
    "Answer",
    "AwaitDeed",
    "Begin",
    "CheckAccount",
    "DialogueProgram",
    "HandOver",
    "HangUp",
    "Instruction",
    "JumpTo",
    "Mark",
    "Pause",
    "ReadLine",
    "RepeatFrom",
    "Send",
    "Silence",
    "literal",
    "pattern",
]


_PLACEHOLDER = re.compile(r"\{\{(?P<literal>\w+)\}\}|\{(?P<name>\w+)\}")


@dataclass(slots=True)
class Answer:
    """What a typed line must be: a text, ignoring case, or a pattern.

    Attributes:
        shown: The answer as written in the scenario.
        expression: Matches the whole line.
    """

    shown: Final[str]
    expression: Final[re.Pattern[str]]

    def matches(self, line: str) -> re.Match[str] | None:
        """Return the match of the whole ``line``, or None."""
        return self.expression.fullmatch(line)


def literal(text: str) -> Answer:
    """Return the answer that is ``text``, ignoring case.

    Example:
        >>> bool(literal("p").matches("P"))
        True
    """
    return Answer(text, re.compile(re.escape(text), re.IGNORECASE))


def pattern(expression: str) -> Answer:
    """Return the answer that matches the whole regular expression ``expression``.

    Raises:
        re.error: The expression is not one.
    """
    return Answer(f"/{expression}/", re.compile(expression))


@final
@dataclass(slots=True)
class Send:
    r"""Send a text.

    ``{name}`` in it stands for the answer stored under that name, and ``{{name}}`` for ``{name}`` itself. LF is sent as
    CRLF.

    Attributes:
        text: The text, characters U+0000 to U+00FF, one octet each.
        own_line: Whether to begin a new line first, unless the cursor is at the beginning of one.

    Example:
        >>> Send("Hello {user}, {{ppp}} or {slip}?\n").octets({"user": "alice"})
        b'Hello alice, {ppp} or {slip}?\r\n'
    """

    text: Final[str]
    own_line: Final[bool] = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the answers in the text."""
        return tuple(match["name"] for match in _PLACEHOLDER.finditer(self.text) if match["name"])

    def octets(self, answers: Mapping[str, str]) -> bytes:
        """Return the octets to send, given the answers by name."""
        return _octets(_filled(self.text, answers) if "{" in self.text else self.text)


def _filled(text: str, answers: Mapping[str, str]) -> str:
    """Return a text with answers in place of their names."""

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        return f"{{{match['literal']}}}" if name is None else answers.get(name, match[0])

    return _PLACEHOLDER.sub(fill, text)


@lru_cache(maxsize=64)
def _octets(text: str) -> bytes:
    """Return a text as it is sent, cached since most texts are the same in each call."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("latin-1", "replace")


@final
@dataclass(slots=True)
class ReadLine:
    """Read a line and jump to where the answer leads. An empty line always leads to ``again``.

    Attributes:
        prompt: The text of its prompt; empty for an ``expect`` without a prompt.
        again: The index of the instruction that asks again.
        name: The name under which to store the line; None not to store it.
        echo: Whether input is echoed.
        secret: Whether input is masked in transcripts.
        choices: Answers and the index that each leads to, tried in order.
        otherwise: The index that any other line leads to.
        within: How long the caller may take, in seconds, above 0; None for any time.
        late: The index that the end of this time leads to.
    """

    prompt: Final[str]
    again: Final[int]
    name: Final[str | None] = None
    echo: Final[bool] = True
    secret: Final[bool] = False
    choices: Final[tuple[tuple[Answer, int], ...]] = ()
    otherwise: Final[int] = 0
    within: Final[float | None] = None
    late: Final[int] = 0


@final
@dataclass(slots=True)
class CheckAccount:
    """Check a user name and a password that were read, and count the failures.

    Attributes:
        user: The name under which the user name is stored.
        password: The name under which the password is stored.
        attempts: How many failures are allowed, 1 or more.
        accepted: The index for an accepted log-in.
        refused: The index for a refusal, except the last.
        exhausted: The index for the last refusal.
    """

    user: Final[str]
    password: Final[str]
    attempts: Final[int]
    accepted: Final[int]
    refused: Final[int]
    exhausted: Final[int]


@dataclass(slots=True)
class Pause:
    """Do nothing for some seconds. Input is kept for the next question."""

    seconds: Final[float]


@dataclass(slots=True)
class AwaitDeed:
    """Wait for something that the caller does to its port from now on. Input is kept for the next question.

    Attributes:
        deed: What it waits for.
        then: The index that it leads to.
        within: How long the caller may take, in seconds, above 0; None for any time.
        late: The index that the end of this time leads to.
    """

    deed: Final[ClientDeed]
    then: Final[int]
    within: Final[float | None] = None
    late: Final[int] = 0


@dataclass(slots=True)
class Silence:
    """Stop responding: nothing is sent, not even an echo, and input is lost.

    Attributes:
        seconds: For how long; None for forever.
    """

    seconds: Final[float | None] = None


@dataclass(slots=True)
class HangUp:
    """End the call from the ISP's side."""


@dataclass(slots=True)
class HandOver:
    """Leave the call to another far end, with the unread input.

    Attributes:
        name: The name of the next far end.
        make: Makes it, once for each call that gets here.
        program: The name of the program that it is, or has behind it; empty if it needs none.
    """

    name: Final[str]
    make: Final[Callable[[], FarEnd]]
    program: Final[str] = ""


@dataclass(slots=True)
class JumpTo:
    """Jump.

    Attributes:
        target: The index of the next instruction.
    """

    target: Final[int]


@dataclass(slots=True)
class Begin:
    """Begin a counted repetition at the next instruction: count from 0."""


@dataclass(slots=True)
class RepeatFrom:
    """Jump back to ``target``, right after a :class:`Begin`, until the repetition has been played ``times`` times."""

    target: Final[int]
    times: Final[int]


@final
@dataclass(slots=True)
class Mark:
    """Record a name in the transcript: a mark, or a label that was reached.

    Attributes:
        name: The mark.
    """

    name: Final[str]


Instruction = (
    Send
    | ReadLine
    | AwaitDeed
    | CheckAccount
    | Pause
    | Silence
    | HangUp
    | HandOver
    | JumpTo
    | Begin
    | RepeatFrom
    | Mark
)


@dataclass(frozen=True, slots=True)
class DialogueProgram:
    """A dialogue as flat code.

    Attributes:
        code: The instructions. After the last one the call stays up, without anything more to say.
        name: The dialogue's name in the scenario.
        labels: Names of indices, for readers.
    """

    code: tuple[Instruction, ...] = ()
    name: str = ""
    labels: Mapping[str, int] = field(default_factory=dict)
