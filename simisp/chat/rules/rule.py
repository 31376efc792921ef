"""The parts of a lint rule for chat scripts: its page, and the check that finds its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from simisp.chat.rules.subject import ChatLintSettings, ChatSubject
from simisp.diagnostics import Place, Severity
from simisp.lint.edits import Edit

__all__ = ["ChatFinding", "ChatLintSettings", "ChatRule", "ChatSubject"]


@dataclass(frozen=True, slots=True)
class ChatFinding:
    """A finding of a rule.

    Attributes:
        place: Its place.
        message: What is wrong, as a sentence without a full stop.
        hint: What to do.
        edits: The edits that fix it; empty if only the author can.
        secret: The offsets of a text that is a secret, to be masked wherever it is shown; None for none.
    """

    place: Place
    message: str
    hint: str = ""
    edits: tuple[Edit, ...] = ()
    secret: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class ChatRule:
    """One rule with its page; see :class:`simisp.lint.catalogue.RulePage`.

    Attributes:
        code: Its stable code.
        name: Its name, in lower case with hyphens.
        severity: Errors make a script fail or hang; warnings make it fragile.
        title: What it finds, as a short clause.
        what: What it does.
        why: Why that is bad.
        example: A script with the fault.
        instead: The same script without the fault.
        source: The source of this knowledge.
        fix: What the automatic fix does; empty if only the author can fix it.
        settings: The settings under which the example is as described.
        check: The function that finds the faults.
    """

    code: str
    name: str
    severity: Severity
    title: str
    what: str
    why: str
    example: str
    instead: str
    source: str
    check: Callable[[ChatSubject], Iterable[ChatFinding]]
    fix: str = ""
    settings: ChatLintSettings = field(default_factory=ChatLintSettings)
