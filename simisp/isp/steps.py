"""What a dialogue does, as flat code: one instruction after the other, with jumps to indices.

The scenario's nested steps are compiled to this form, so that ``go to``, ``again``, ``choices`` and ``repeat`` are all
plain jumps and the dialogue needs no stack.

Every start makes all these classes, and a frozen one takes twice as long: that they never change is said by ``Final``
fields, which the type checker minds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from simisp.far_end import FarEnd

__all__ = [
    "Answer",
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
    """What a typed line must be: a text in either case of letters, or a pattern.

    Attributes:
        shown: The answer as the scenario has it.
        expression: Matches the whole line.
    """

    shown: Final[str]
    expression: Final[re.Pattern[str]]

    def matches(self, line: str) -> re.Match[str] | None:
        """Return the match of the whole ``line``, or None."""
        return self.expression.fullmatch(line)


def literal(text: str) -> Answer:
    """Return the answer that is ``text``, in either case of letters.

    Example:
        >>> bool(literal("p").matches("P"))
        True
    """
    return Answer(text, re.compile(re.escape(text), re.IGNORECASE))


def pattern(expression: str) -> Answer:
    """Return the answer that matches the regular expression ``expression`` as a whole.

    Raises:
        re.error: The expression is not one.
    """
    return Answer(f"/{expression}/", re.compile(expression))


@dataclass(slots=True)
class Send:
    r"""Send a text.

    ``{name}`` in it is what was read under that name, and ``{{name}}`` is ``{name}`` itself. LF is sent as CRLF.

    Attributes:
        text: The text, characters U+0000 to U+00FF, one octet each.
        own_line: Begin a new line first, unless the cursor stands at the beginning of one.

    Example:
        >>> Send("Hello {user}, {{ppp}} or {slip}?\n").octets({"user": "alice"})
        b'Hello alice, {ppp} or {slip}?\r\n'
    """

    text: Final[str]
    own_line: Final[bool] = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names whose answers stand in the text."""
        return tuple(match["name"] for match in _PLACEHOLDER.finditer(self.text) if match["name"])

    def octets(self, answers: Mapping[str, str]) -> bytes:
        """Return what is sent, given what was read under each name."""

        def filled(match: re.Match[str]) -> str:
            name = match["name"]
            return f"{{{match['literal']}}}" if name is None else answers.get(name, match[0])

        text = _PLACEHOLDER.sub(filled, self.text)
        return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("latin-1", "replace")


@dataclass(slots=True)
class ReadLine:
    """Read a line and go where the answer leads. An empty line goes to ``again`` in any case.

    Attributes:
        prompt: What this question is called: its prompt's text; empty for a bare ``expect``.
        again: The index of the instruction that asks once more.
        name: The line is remembered under this name; None forgets it.
        echo: Whether what is typed is sent back.
        secret: Whether what is typed is masked in transcripts.
        choices: Answers and the index that each leads to, tried in order.
        otherwise: The index that any other line leads to.
    """

    prompt: Final[str]
    again: Final[int]
    name: Final[str | None] = None
    echo: Final[bool] = True
    secret: Final[bool] = False
    choices: Final[tuple[tuple[Answer, int], ...]] = ()
    otherwise: Final[int] = 0


@dataclass(slots=True)
class CheckAccount:
    """Check a user name and a password that were read; count the failures.

    Attributes:
        user: The name under which the user name was read.
        password: The name under which the password was read.
        attempts: How many failures are borne, 1 or more.
        accepted: Where an accepted log-in leads.
        refused: Where a refusal leads, except the last.
        exhausted: Where the last refusal leads.
    """

    user: Final[str]
    password: Final[str]
    attempts: Final[int]
    accepted: Final[int]
    refused: Final[int]
    exhausted: Final[int]


@dataclass(slots=True)
class Pause:
    """Do nothing for some seconds. What is typed meanwhile is kept for the next question."""

    seconds: Final[float]


@dataclass(slots=True)
class Silence:
    """Stop responding: nothing is sent, not even an echo, and what is typed is lost.

    Attributes:
        seconds: For how long; None for ever.
    """

    seconds: Final[float | None] = None


@dataclass(slots=True)
class HangUp:
    """End the call from the ISP's side."""


@dataclass(slots=True)
class HandOver:
    """Leave the call to another far end, with what was typed and not yet read.

    Attributes:
        name: What the next far end is called.
        make: Makes it, once for each call that comes here.
    """

    name: Final[str]
    make: Final[Callable[[], FarEnd]]


@dataclass(slots=True)
class JumpTo:
    """Go on elsewhere.

    Attributes:
        target: The index of the next instruction.
    """

    target: Final[int]


@dataclass(slots=True)
class Begin:
    """A counted repetition begins with the next instruction: count from 0."""


@dataclass(slots=True)
class RepeatFrom:
    """Go back to ``target``, right behind a :class:`Begin`, until all from there was done ``times`` times."""

    target: Final[int]
    times: Final[int]


@dataclass(slots=True)
class Mark:
    """Note a name in the transcript: a mark, or a label that was come to.

    Attributes:
        name: The mark.
    """

    name: Final[str]


Instruction = Send | ReadLine | CheckAccount | Pause | Silence | HangUp | HandOver | JumpTo | Begin | RepeatFrom | Mark


@dataclass(frozen=True, slots=True)
class DialogueProgram:
    """A dialogue as flat code.

    Attributes:
        code: The instructions. Running past the last one leaves the call up with nothing more to say.
        name: What the scenario calls this dialogue.
        labels: Names of indices, for reading.
    """

    code: tuple[Instruction, ...] = ()
    name: str = ""
    labels: Mapping[str, int] = field(default_factory=dict)
