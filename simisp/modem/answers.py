"""What the handler of a command may answer, besides a result code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Union

from simisp.modem.result_codes import ResultCode

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["CommandAnswer", "DialOut", "FinalText", "Later", "LineEnd", "Prompt"]


@dataclass(frozen=True, slots=True)
class FinalText:
    """A final result code of its own, such as ``+CME ERROR: 10``: it ends the command line, as ERROR does.

    Attributes:
        text: The text, without the line ends around it. V0 has no number for it: it is sent in words (ITU-T V.250,
            5.7.1, for extended syntax result codes).
    """

    text: str


@dataclass(frozen=True, slots=True)
class LineEnd:
    """The line ends with this code, even if it is OK: the rest is dropped."""

    code: ResultCode


@dataclass(frozen=True, slots=True)
class Later:
    """The command takes time. The rest of its line waits, and so does what the DTE types meanwhile.

    Attributes:
        delay: How long it takes, in seconds, 0 or more.
        then: Gives the answer once the time is over. Information text that it sends comes then.
        abortable: Whether an octet from the DTE ends it early, with OK as result code (ITU-T V.250, 5.6.1).
        aborted: What is done when it was ended early; it may be the answer of another command than OK.
    """

    delay: float
    then: Callable[[Unit], CommandAnswer]
    abortable: bool = False
    aborted: Callable[[Unit], CommandAnswer] | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    r"""The command takes text: octets of the DTE up to Ctrl-Z, or ESC, which cancels (3GPP TS 27.005, 3.5.1 and 4.3).

    The octets are echoed if echo is on; backspace deletes the octet before it. Octets beyond ``longest`` are dropped.

    Attributes:
        take: Gets the text, or None if it was cancelled, and gives the command's answer.
        each_line: Whether the prompt comes again after each CR, as in text mode.
        longest: The number of octets that are kept.
        text: The prompt as it is sent; None for the one of the modem's profile, usually ``\r\n> ``.
    """

    take: Callable[[Unit, bytes | None], CommandAnswer]
    each_line: bool = False
    longest: int = 4096
    text: bytes | None = None


@dataclass(frozen=True, slots=True)
class DialOut:
    """The modem dials this string on the line, as D does without a subsystem.

    Attributes:
        string: A dial string, without the D.
    """

    string: str


CommandAnswer = Optional[Union[ResultCode, FinalText, LineEnd, Later, Prompt, DialOut]]  # noqa: UP007, UP045 - evaluated at run time
"""What a handler returns.

OK if the next command of the line may run; another code or a text if the line ends with it; None if the line ends and
its result code is sent separately, now or later: CONNECT, NO CARRIER.
"""
