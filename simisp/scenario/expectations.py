"""The expectations of a scenario, as written: what must hold in the end."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from simisp.scenario.later import BuiltLater
from simisp.scenario.ppp_section import IpAddress
from simisp.scenario.strict import Strict
from simisp.scenario.values import (
    AnswerText,
    CountOrOnce,
    CredentialText,
    DurationValue,
    Given,
    LockName,
    Rate,
    Text,
    Words,
    YesNo,
)
from simisp.scenario.whole import Whole

__all__ = [
    "EXPECTATION_TAG",
    "EXPECTATION_WORDS",
    "HANG_UP_WAYS",
    "WORD_EXPECTATIONS",
    "AgreedAddress",
    "AnsweredWithin",
    "AuthenticatedAs",
    "Calls",
    "ClientConduct",
    "ClientExitStatus",
    "ClientLock",
    "ClientLockFile",
    "CommandsInOrder",
    "CredentialsSentOnlyAt",
    "Expectation",
    "GaveUpWithin",
    "GuardTimeKept",
    "HungUpBy",
    "MessageSent",
    "NeverSent",
    "NoLockFileLeft",
    "NoWriteBefore",
    "OpenedTimes",
    "PortReleased",
    "PppConduct",
    "PppUpWithin",
    "RawBeforeFirstOctet",
    "Reached",
    "RetryNotBefore",
    "SecretOnlyAt",
    "SentMessage",
    "SpeedUsed",
    "TerminatedCleanly",
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


class _WordAlone(Strict):
    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        """Accept the expectation as usually written, without a value."""
        return {value: None} if isinstance(value, str) else value


class NoLockFileLeft(_WordAlone):
    """The port may have no lock file in the end, except for one that the scenario itself has put there."""

    no_lock_file_left: None = Field(alias="no lock file left")


class RawBeforeFirstOctet(_WordAlone):
    """Each time that the client opens the port it must switch canonical mode and echo off before it sends anything."""

    raw_before_first_octet: None = Field(alias="raw before first octet")


class NoWriteBefore(Strict):
    """After dialling, the client must send nothing until this text, or a match of this pattern, has come."""

    no_write_before: AnswerText = Field(alias="no write before")


class GuardTimeKept(_WordAlone):
    """Each escape sequence that the client sends must stand between two guard times."""

    guard_time_kept: None = Field(alias="guard time kept")


HANG_UP_WAYS = {"dtr": "by DTR", "ath": "by ATH or ATZ", "close": "by closing the port"}
"""The ways in which a client can end a call, in words."""


class HungUpBy(Strict):
    """The client must end each call itself, in this way: by DTR, by ATH or ATZ, or by closing the port."""

    hung_up_by: Literal["dtr", "ath", "close"] = Field(alias="hung up by")


class SpeedUsed(Strict):
    """Whatever the client sends, the port must be at this speed then."""

    speed: Rate


class OpenedTimes(Strict):
    """The client must open the port exactly this often: once, or a number of times."""

    opened: CountOrOnce


class RetryNotBefore(Strict):
    """After a call, or an attempt to make one, the client must wait this long before it dials again."""

    retry_not_before: DurationValue = Field(alias="retry not before")


class CommandsInOrder(Strict):
    """The client must send these command lines in this order; there may be others between them."""

    commands_in_order: list[AnswerText] = Field(alias="commands in order", min_length=1)


class NeverSent(Strict):
    """The client must never send this text, or anything that matches this pattern in slashes."""

    never_sent: AnswerText = Field(alias="never sent")


class SecretOnlyAt(Strict):
    """Passwords of the accounts may pass only as answers to these prompts."""

    secret_only_at: list[Text] = Field(alias="secret only at", min_length=1)


class AnsweredWithin(Strict):
    """The client must answer each prompt with a whole line within this time."""

    answered_within: DurationValue = Field(alias="answered within")


class ClientLock(Strict):
    """The lock file that the client must make."""

    name: LockName = Field(description="Its name, such as LCK..ttyS1.")
    removed: YesNo = Field(True, description="Whether the client must have removed it in the end.")


class ClientLockFile(Strict):
    """The client must have this lock file by its first octet."""

    lock_file: ClientLock = Field(alias="lock file")


class PppUpWithin(Strict):
    """IP must be up within this time after PPP has begun, in each call that comes to PPP."""

    ppp_up_within: DurationValue = Field(alias="ppp up within")


class AgreedAddress(Strict):
    """Whenever PPP comes up, the client must have this address."""

    address: IpAddress


class GaveUpWithin(Strict):
    """In each call in which PPP begins and never comes up, the client must end the attempt within this time."""

    client_gave_up_within: DurationValue = Field(alias="client gave up within")


class TerminatedCleanly(_WordAlone):
    """Each PPP link that was up must end by Terminate-Request and Terminate-Ack, before the call ends."""

    terminated_cleanly: None = Field(alias="terminated cleanly")


class AuthenticatedAs(Strict):
    """The client must log in to PPP under this name, and under no other one."""

    authenticated_as: CredentialText = Field(alias="authenticated as")


PppConduct = PppUpWithin | AgreedAddress | GaveUpWithin | TerminatedCleanly | AuthenticatedAs
"""What is expected of PPP."""

ClientConduct = (
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
"""What is expected of the client's conduct: each is watched by itself."""

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
WORD_EXPECTATIONS = tuple(
    word
    for word, model in _EXPECTATIONS.items()
    if all(field.annotation is type(None) for field in model.model_fields.values())
)
"""Expectations that are written as their name alone."""


def expectation_model(tag: str) -> type[Strict] | None:
    """Return the model of an expectation's tag, or None if the tag is not that of an expectation."""
    return _EXPECTATIONS.get(tag.removeprefix(EXPECTATION_TAG)) if tag.startswith(EXPECTATION_TAG) else None


def _expectation_kind(value: Any) -> str | None:
    if isinstance(value, Strict):  # built by a program
        return next((EXPECTATION_TAG + word for word, model in _EXPECTATIONS.items() if type(value) is model), None)
    if isinstance(value, str):
        return EXPECTATION_TAG + value if value in WORD_EXPECTATIONS else None
    words = value if isinstance(value, dict) else ()
    return next((EXPECTATION_TAG + word for word in EXPECTATION_WORDS if word in words), None)


Expectation = Annotated[
    Annotated[BuiltLater[PortReleased], Tag("expect:port released within")]
    | Annotated[BuiltLater[CredentialsSentOnlyAt], Tag("expect:credentials sent only at")]
    | Annotated[BuiltLater[ClientExitStatus], Tag("expect:client exit status")]
    | Annotated[BuiltLater[Reached], Tag("expect:reached")]
    | Annotated[BuiltLater[Calls], Tag("expect:calls")]
    | Annotated[BuiltLater[MessageSent], Tag("expect:sms sent")]
    | Annotated[BuiltLater[NoLockFileLeft], Tag("expect:no lock file left")]
    | Annotated[BuiltLater[RawBeforeFirstOctet], Tag("expect:raw before first octet")]
    | Annotated[BuiltLater[NoWriteBefore], Tag("expect:no write before")]
    | Annotated[BuiltLater[GuardTimeKept], Tag("expect:guard time kept")]
    | Annotated[BuiltLater[HungUpBy], Tag("expect:hung up by")]
    | Annotated[BuiltLater[SpeedUsed], Tag("expect:speed")]
    | Annotated[BuiltLater[OpenedTimes], Tag("expect:opened")]
    | Annotated[BuiltLater[RetryNotBefore], Tag("expect:retry not before")]
    | Annotated[BuiltLater[CommandsInOrder], Tag("expect:commands in order")]
    | Annotated[BuiltLater[NeverSent], Tag("expect:never sent")]
    | Annotated[BuiltLater[SecretOnlyAt], Tag("expect:secret only at")]
    | Annotated[BuiltLater[AnsweredWithin], Tag("expect:answered within")]
    | Annotated[BuiltLater[ClientLockFile], Tag("expect:lock file")]
    | Annotated[BuiltLater[PppUpWithin], Tag("expect:ppp up within")]
    | Annotated[BuiltLater[AgreedAddress], Tag("expect:address")]
    | Annotated[BuiltLater[GaveUpWithin], Tag("expect:client gave up within")]
    | Annotated[BuiltLater[TerminatedCleanly], Tag("expect:terminated cleanly")]
    | Annotated[BuiltLater[AuthenticatedAs], Tag("expect:authenticated as")],
    Discriminator(
        _expectation_kind, custom_error_type="unknown_expectation", custom_error_message="not an expectation"
    ),
]
