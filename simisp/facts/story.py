"""The facts about people's actions in a story, and about the mail host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = ["CommandSkipped", "MailQueued", "MailRelayed", "PortFreed", "ScriptInstalled", "ServiceRestarted"]


@dataclass(frozen=True, slots=True)
class MailQueued(Fact):
    """A message was put into the queue.

    Attributes:
        message: Its name in the queue.
        sender: Its envelope's sender.
        recipients: Its envelope's recipients.
    """

    kind: ClassVar = "mail queued"
    source: ClassVar = Source.RUN

    message: str
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailRelayed(Fact):
    """The mail host accepted a message.

    Attributes:
        sender: Its envelope's sender.
        recipients: Its envelope's recipients.
        octets: Its length.
    """

    kind: ClassVar = "mail relayed"
    source: ClassVar = Source.RUN

    sender: str
    recipients: tuple[str, ...]
    octets: int


@dataclass(frozen=True, slots=True)
class ServiceRestarted(Fact):
    """The administrator restarted the mail service."""

    kind: ClassVar = "service restarted"
    source: ClassVar = Source.RUN


@dataclass(frozen=True, slots=True)
class PortFreed(Fact):
    """The administrator freed the port.

    Attributes:
        ended: The processes that were ended for it.
    """

    kind: ClassVar = "port released"
    source: ClassVar = Source.RUN

    ended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScriptInstalled(Fact):
    """The administrator replaced a script.

    Attributes:
        path: The path of the script.
    """

    kind: ClassVar = "script installed"
    source: ClassVar = Source.RUN

    path: str


@dataclass(frozen=True, slots=True)
class CommandSkipped(Fact):
    """A command of the mail service was not run: there are no processes in pure time.

    Attributes:
        command: Its arguments.
    """

    kind: ClassVar = "command not run in pure time"
    source: ClassVar = Source.RUN

    command: tuple[str, ...]
