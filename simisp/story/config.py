"""The configuration of a story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simisp.line.session_config import SessionConfig
from simisp.mail.config import ServiceConfig
from simisp.mail.message import Message
from simisp.mail.smtp_server import HostBehaviour
from simisp.ras.outputs import OnGiveUp
from simisp.ras.phonebook import PhoneBook
from simisp.scp.code import Program

__all__ = [
    "Action",
    "Deed",
    "HostConfig",
    "InstallScript",
    "QueueMail",
    "ReleasePort",
    "RestartService",
    "StoryConfig",
]


@dataclass(frozen=True, slots=True)
class Action:
    """An action of a person during the story.

    Attributes:
        at: When, in seconds since the story began.
    """

    at: float


@dataclass(frozen=True, slots=True)
class QueueMail(Action):
    """A user sends a message."""

    message: Message


@dataclass(frozen=True, slots=True)
class RestartService(Action):
    """The administrator stops the mail service and starts it again."""


@dataclass(frozen=True, slots=True)
class ReleasePort(Action):
    """The administrator ends every process that holds the port, with the effect of rebooting the server."""


@dataclass(frozen=True, slots=True)
class InstallScript(Action):
    """The administrator replaces the script that an entry names.

    Attributes:
        path: The script's path in the phone book.
        program: The new script.
    """

    path: str
    program: Program


Deed = QueueMail | RestartService | ReleasePort | InstallScript
"""All that can be done during a story."""


@dataclass(frozen=True, slots=True)
class HostConfig:
    """The ISP's mail host.

    Attributes:
        name: The name that it gives.
        sessions: Its behaviour in the first session, in the second, and so on; the last one repeats.
        waiting: The mail waiting there to be retrieved.
    """

    name: str = "mail.isp.example"
    sessions: Sequence[HostBehaviour] = (HostBehaviour.WELL,)
    waiting: Sequence[Message] = ()

    def behaviour(self, session: int) -> HostBehaviour:
        """Return the behaviour in a session, counted from 1."""
        return self.sessions[min(session, len(self.sessions)) - 1]


@dataclass(frozen=True, slots=True)
class StoryConfig:
    """The configuration of a story.

    Attributes:
        line: Modem, exchange and ISP.
        service: The mail service.
        book: The phone book.
        scripts: The post-connect scripts, by their paths in the phone book.
        password: The password that scripts log in with.
        on_give_up: What happens to a script when its dialler stops waiting for it.
        host: The ISP's mail host.
        began: The wall time at which the story begins.
        actions: The actions of people, in any order.
    """

    line: SessionConfig
    service: ServiceConfig
    book: PhoneBook
    scripts: Mapping[str, Program]
    password: str = ""
    on_give_up: OnGiveUp = OnGiveUp.ORPHAN
    host: HostConfig = field(default_factory=HostConfig)
    began: datetime = datetime(1997, 10, 10, 8, 0)  # noqa: DTZ001 - a wall clock has no time zone
    actions: Sequence[Deed] = ()
