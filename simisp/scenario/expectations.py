"""The expectations of a scenario, as written: what must hold in the end."""

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

from pydantic import BaseModel, Discriminator, Field, Tag

from simisp.scenario.expectation_base import WordAlone
from simisp.scenario.later import BuiltLater, ModelOf, model_in
from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue, Given, Text, Words
from simisp.scenario.whole import Whole

if TYPE_CHECKING:  # few scenarios expect any of these
    from simisp.scenario.conduct_expectations import (
        AnsweredWithin,
        ClientLockFile,
        CommandsInOrder,
        GuardTimeKept,
        HungUpBy,
        NeverSent,
        NoWriteBefore,
        OpenedTimes,
        RawBeforeFirstOctet,
        RetryNotBefore,
        SecretOnlyAt,
        SpeedUsed,
    )
    from simisp.scenario.ppp_expectations import (
        AgreedAddress,
        AuthenticatedAs,
        GaveUpWithin,
        PppUpWithin,
        TerminatedCleanly,
    )

    ClientConduct: TypeAlias = (
        RawBeforeFirstOctet
        | NoWriteBefore
        | GuardTimeKept
        | HungUpBy
        | SpeedUsed
        | OpenedTimes
        | RetryNotBefore
        | CommandsInOrder
        | NeverSent
        | SecretOnlyAt
        | AnsweredWithin
        | ClientLockFile
        | PppUpWithin
        | AgreedAddress
        | GaveUpWithin
        | TerminatedCleanly
        | AuthenticatedAs
    )
    """What is expected of the client's conduct; AboutConduct is the class of them all."""
else:
    _CONDUCT = "simisp.scenario.conduct_expectations"
    _PPP = "simisp.scenario.ppp_expectations"
    RawBeforeFirstOctet = ModelOf(_CONDUCT, "RawBeforeFirstOctet")
    NoWriteBefore = ModelOf(_CONDUCT, "NoWriteBefore")
    GuardTimeKept = ModelOf(_CONDUCT, "GuardTimeKept")
    HungUpBy = ModelOf(_CONDUCT, "HungUpBy")
    SpeedUsed = ModelOf(_CONDUCT, "SpeedUsed")
    OpenedTimes = ModelOf(_CONDUCT, "OpenedTimes")
    RetryNotBefore = ModelOf(_CONDUCT, "RetryNotBefore")
    CommandsInOrder = ModelOf(_CONDUCT, "CommandsInOrder")
    NeverSent = ModelOf(_CONDUCT, "NeverSent")
    SecretOnlyAt = ModelOf(_CONDUCT, "SecretOnlyAt")
    AnsweredWithin = ModelOf(_CONDUCT, "AnsweredWithin")
    ClientLockFile = ModelOf(_CONDUCT, "ClientLockFile")
    PppUpWithin = ModelOf(_PPP, "PppUpWithin")
    AgreedAddress = ModelOf(_PPP, "AgreedAddress")
    GaveUpWithin = ModelOf(_PPP, "GaveUpWithin")
    TerminatedCleanly = ModelOf(_PPP, "TerminatedCleanly")
    AuthenticatedAs = ModelOf(_PPP, "AuthenticatedAs")

__all__ = [
    "EXPECTATION_TAG",
    "EXPECTATION_WORDS",
    "WORD_EXPECTATIONS",
    "Calls",
    "ClientConduct",
    "ClientExitStatus",
    "CredentialsSentOnlyAt",
    "Expectation",
    "MessageSent",
    "NoLockFileLeft",
    "PortReleased",
    "Reached",
    "SentMessage",
    "expectation_model",
]

EXPECTATION_TAG = "expect:"
"""The prefix of the kinds of expectations in the path of a mistake."""


class PortReleased(Strict):
    """The port must be free again within this time after it was first opened."""

    port_released_within: DurationValue = Field(alias="port released within")


class CredentialsSentOnlyAt(Strict):
    """User names and passwords of the accounts may pass only as answers to these prompts."""

    credentials_sent_only_at: list[Text] = Field(alias="credentials sent only at", min_length=1)


class ClientExitStatus(Strict):
    """The client must end with this status."""

    client_exit_status: Annotated[int, Whole(0, 255)] = Field(alias="client exit status")


class Reached(Strict):
    """The dialogue must have reached this mark, label or prompt."""

    reached: Text


class Calls(Strict):
    """Exactly this many calls must have been answered."""

    calls: Annotated[int, Whole(0, 100_000)]


class SentMessage(Strict):
    """A short message. What is left out may be anything."""

    to: Annotated[Text | None, Given] = Field(None, description="The recipient.")
    text: Annotated[Words | None, Given] = Field(None, description="The text, of all parts together.")


class MessageSent(Strict):
    """The modem must have sent such a short message."""

    sms_sent: SentMessage = Field(alias="sms sent")


class NoLockFileLeft(WordAlone):
    """The port may have no lock file in the end, except for one that the scenario itself has put there."""

    no_lock_file_left: None = Field(alias="no lock file left")


_EXPECTATIONS: dict[str, type[Strict]] = {
    "port released within": PortReleased,
    "credentials sent only at": CredentialsSentOnlyAt,
    "client exit status": ClientExitStatus,
    "reached": Reached,
    "calls": Calls,
    "sms sent": MessageSent,
    "no lock file left": NoLockFileLeft,
    "raw before first octet": RawBeforeFirstOctet,
    "no write before": NoWriteBefore,
    "guard time kept": GuardTimeKept,
    "hung up by": HungUpBy,
    "speed": SpeedUsed,
    "opened": OpenedTimes,
    "retry not before": RetryNotBefore,
    "commands in order": CommandsInOrder,
    "never sent": NeverSent,
    "secret only at": SecretOnlyAt,
    "answered within": AnsweredWithin,
    "lock file": ClientLockFile,
    "ppp up within": PppUpWithin,
    "address": AgreedAddress,
    "client gave up within": GaveUpWithin,
    "terminated cleanly": TerminatedCleanly,
    "authenticated as": AuthenticatedAs,
}
EXPECTATION_WORDS = tuple(_EXPECTATIONS)
"""The first words of all expectations."""
WORD_EXPECTATIONS = ("no lock file left", "raw before first octet", "guard time kept", "terminated cleanly")
"""Expectations that are written as their name alone."""
_TAGS = {model.__name__: EXPECTATION_TAG + word for word, model in _EXPECTATIONS.items()}


def expectation_model(tag: str) -> type[BaseModel] | None:
    """Return the model of an expectation's tag, or None if the tag is not that of an expectation."""
    return model_in(_EXPECTATIONS.get(tag.removeprefix(EXPECTATION_TAG))) if tag.startswith(EXPECTATION_TAG) else None


def _expectation_kind(value: Any) -> str | None:
    if isinstance(value, Strict):  # built by a program
        return _TAGS.get(type(value).__name__)
    if isinstance(value, str):
        return EXPECTATION_TAG + value if value in WORD_EXPECTATIONS else None
    words = value if isinstance(value, dict) else ()
    return next((EXPECTATION_TAG + word for word in EXPECTATION_WORDS if word in words), None)


Expectation = Annotated[
    Union[  # noqa: UP007 - | makes a union for each row, and compares all that it has each time
        Annotated[BuiltLater[PortReleased], Tag("expect:port released within")],
        Annotated[BuiltLater[CredentialsSentOnlyAt], Tag("expect:credentials sent only at")],
        Annotated[BuiltLater[ClientExitStatus], Tag("expect:client exit status")],
        Annotated[BuiltLater[Reached], Tag("expect:reached")],
        Annotated[BuiltLater[Calls], Tag("expect:calls")],
        Annotated[BuiltLater[MessageSent], Tag("expect:sms sent")],
        Annotated[BuiltLater[NoLockFileLeft], Tag("expect:no lock file left")],
        Annotated[BuiltLater[RawBeforeFirstOctet], Tag("expect:raw before first octet")],
        Annotated[BuiltLater[NoWriteBefore], Tag("expect:no write before")],
        Annotated[BuiltLater[GuardTimeKept], Tag("expect:guard time kept")],
        Annotated[BuiltLater[HungUpBy], Tag("expect:hung up by")],
        Annotated[BuiltLater[SpeedUsed], Tag("expect:speed")],
        Annotated[BuiltLater[OpenedTimes], Tag("expect:opened")],
        Annotated[BuiltLater[RetryNotBefore], Tag("expect:retry not before")],
        Annotated[BuiltLater[CommandsInOrder], Tag("expect:commands in order")],
        Annotated[BuiltLater[NeverSent], Tag("expect:never sent")],
        Annotated[BuiltLater[SecretOnlyAt], Tag("expect:secret only at")],
        Annotated[BuiltLater[AnsweredWithin], Tag("expect:answered within")],
        Annotated[BuiltLater[ClientLockFile], Tag("expect:lock file")],
        Annotated[BuiltLater[PppUpWithin], Tag("expect:ppp up within")],
        Annotated[BuiltLater[AgreedAddress], Tag("expect:address")],
        Annotated[BuiltLater[GaveUpWithin], Tag("expect:client gave up within")],
        Annotated[BuiltLater[TerminatedCleanly], Tag("expect:terminated cleanly")],
        Annotated[BuiltLater[AuthenticatedAs], Tag("expect:authenticated as")],
    ],
    Discriminator(
        _expectation_kind, custom_error_type="unknown_expectation", custom_error_message="not an expectation"
    ),
]
