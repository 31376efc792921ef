"""What a scenario expects of the client's conduct, as written. What it expects of PPP is in a module of its own."""

from typing import Literal

from pydantic import Field

from simisp.scenario.expectation_base import AboutConduct, WordAlone
from simisp.scenario.strict import Strict
from simisp.scenario.values import AnswerText, CountOrOnce, DurationValue, LockName, Rate, Text, YesNo

__all__ = [
    "HANG_UP_WAYS",
    "AnsweredWithin",
    "ClientLock",
    "ClientLockFile",
    "CommandsInOrder",
    "GuardTimeKept",
    "HungUpBy",
    "NeverSent",
    "NoWriteBefore",
    "OpenedTimes",
    "RawBeforeFirstOctet",
    "RetryNotBefore",
    "SecretOnlyAt",
    "SpeedUsed",
]


class RawBeforeFirstOctet(WordAlone, AboutConduct):
    """Each time that the client opens the port, canonical mode and echo must be off before it sends anything."""

    raw_before_first_octet: None = Field(alias="raw before first octet")


class NoWriteBefore(Strict, AboutConduct):
    """After dialling or answering, the client must send nothing until this text, or a match of it, has come."""

    no_write_before: AnswerText = Field(alias="no write before")


class GuardTimeKept(WordAlone, AboutConduct):
    """Each escape sequence that the client sends must stand between two guard times."""

    guard_time_kept: None = Field(alias="guard time kept")


HANG_UP_WAYS = {"dtr": "by DTR", "ath": "by ATH or ATZ", "close": "by closing the port"}
"""The ways in which a client can end a call, in words."""


class HungUpBy(Strict, AboutConduct):
    """The client must end each call itself, in this way: by DTR, by ATH or ATZ, or by closing the port."""

    hung_up_by: Literal["dtr", "ath", "close"] = Field(alias="hung up by")


class SpeedUsed(Strict, AboutConduct):
    """Whatever the client sends, the port must be at this speed then."""

    speed: Rate


class OpenedTimes(Strict, AboutConduct):
    """The client must open the port exactly this often: once, or a number of times."""

    opened: CountOrOnce


class RetryNotBefore(Strict, AboutConduct):
    """After a call, or an attempt to make one, the client must wait this long before it dials again."""

    retry_not_before: DurationValue = Field(alias="retry not before")


class CommandsInOrder(Strict, AboutConduct):
    """The client must send these command lines in this order; there may be others between them."""

    commands_in_order: list[AnswerText] = Field(alias="commands in order", min_length=1)


class NeverSent(Strict, AboutConduct):
    """The client must never send this text, or anything that matches this pattern in slashes."""

    never_sent: AnswerText = Field(alias="never sent")


class SecretOnlyAt(Strict, AboutConduct):
    """Passwords of the accounts may pass only as answers to these prompts."""

    secret_only_at: list[Text] = Field(alias="secret only at", min_length=1)


class AnsweredWithin(Strict, AboutConduct):
    """The client must answer each prompt with a whole line within this time."""

    answered_within: DurationValue = Field(alias="answered within")


class ClientLock(Strict):
    """The lock file that the client must make."""

    name: LockName = Field(description="Its name, such as LCK..ttyS1.")
    removed: YesNo = Field(True, description="Whether the client must have removed it in the end.")


class ClientLockFile(Strict, AboutConduct):
    """The client must have this lock file by its first octet."""

    lock_file: ClientLock = Field(alias="lock file")
