"""Loads the mail service's settings from a file, ``mail.yaml``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from simisp.diagnostics import Diagnostic, SourceText
from simisp.dialling.files.phonebook_file import LoadedPhoneBook, load_phonebook
from simisp.dialling.files.settings import complaint, document_of, or_shorter, read_text, validate
from simisp.errors import SourceError
from simisp.mail.config import CommandRetrieval, ServiceConfig
from simisp.mail.schedule import AtTimes, Every, Never, ScheduleRule, Timetable, Weekly
from simisp.mail.smtp_client import Etrn, Turn
from simisp.ras.outputs import OnGiveUp
from simisp.scenario.strict import Strict
from simisp.scenario.values import DurationValue
from simisp.scenario.whole import Whole

__all__ = ["LoadedMail", "MailFile", "MailSettings", "load_mail", "mail_from"]

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_WORD = re.compile(r"[!-~]+")
_NO_HOST = re.compile(r"[\x00-\x20\x7f<>@/]")
_NEVER, _TURN = "never", "turn"


def _time(text: str) -> str:
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise complaint(f"{text!r} is not a time of day such as 06:30")
    return text


def _interval(seconds: float) -> float:
    if not seconds >= 1:
        raise complaint("an interval must be at least one second")
    return seconds


def _word(text: str) -> str:
    """Refuse anything but exactly one word of an SMTP command."""
    if not _WORD.fullmatch(text):
        raise complaint(f"{text!r} is not a single word of printable ASCII, which SMTP requires here")
    return text


def _host(text: str) -> str:
    try:
        text.encode("idna")
        usable = not _NO_HOST.search(text)
    except UnicodeError:
        usable = False
    if not usable:
        raise complaint(f"{text!r} is not the name or address of a host")
    return text


def _argument(text: str) -> str:
    if "\0" in text:
        raise complaint("an argument of a command may not contain NUL")
    return text


Word = Annotated[str, AfterValidator(_word)]
TimeText = Annotated[str, AfterValidator(_time)]


class ScheduleSection(Strict):
    """When to dial: one of ``every``, ``daily``, ``weekly``, or the word ``never``."""

    model_config = ConfigDict(json_schema_extra=or_shorter({"const": _NEVER}, without=_NEVER))

    every: Annotated[DurationValue, AfterValidator(_interval)] | None = Field(
        None, description="At the start, and then at this interval."
    )
    daily: list[TimeText] | None = Field(None, min_length=1, description="Times of every day.")
    weekly: dict[Day, list[TimeText]] | None = Field(None, min_length=1, description="Times of days of the week.")
    never: bool = Field(False, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        return {"never": True} if value == _NEVER else value

    @model_validator(mode="after")
    def _one_way(self) -> ScheduleSection:
        ways = [self.every is not None, self.daily is not None, self.weekly is not None, self.never]
        if sum(ways) != 1:
            raise complaint("write one of every, daily and weekly, or the word never")
        return self

    def rule(self) -> ScheduleRule:
        """Return the rule."""
        if self.every is not None:
            return Every(self.every)
        if self.daily is not None:
            return AtTimes(tuple(map(_as_time, self.daily)))
        if self.weekly is not None:
            days = ((_DAYS.index(day), text) for day, texts in self.weekly.items() for text in texts)
            return Weekly(tuple((day, _as_time(text)) for day, text in days))
        return Never()


class RetrievalSection(Strict):
    """How to retrieve the mail that waits at the ISP: one of ``etrn`` and ``command``, or the word ``turn``."""

    model_config = ConfigDict(json_schema_extra=or_shorter({"const": _TURN}, without=_TURN))

    etrn: list[Word] | None = Field(None, min_length=1, description="Domains to ask for by ETRN.")
    command: list[Annotated[str, AfterValidator(_argument)]] | None = Field(
        None, min_length=1, description="A command to run, and its arguments."
    )
    turn: bool = Field(False, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: Any) -> Any:
        return {"turn": True} if value == _TURN else value

    @model_validator(mode="after")
    def _one_way(self) -> RetrievalSection:
        if sum([self.etrn is not None, self.command is not None, self.turn]) != 1:
            raise complaint("write one of etrn and command, or the word turn")
        return self

    def retrieval(self) -> Etrn | Turn | CommandRetrieval:
        """Return the method."""
        if self.etrn is not None:
            return Etrn(tuple(self.etrn))
        return CommandRetrieval(tuple(self.command)) if self.command is not None else Turn()


class MailSettings(Strict):
    """The settings of the mail service, in a file or in a story."""

    entry: str = Field(min_length=1, description="The phone-book entry to dial.")
    schedule: ScheduleSection = Field(description="When to dial.")
    weekend: ScheduleSection | None = Field(None, description="When to dial on Saturdays and Sundays.")
    queued_for: DurationValue | None = Field(None, description="Dial, too, when mail has waited so long.")
    time_out: DurationValue = Field(60.0, description="Hang up when nothing moved for so long.")
    retrieval: RetrievalSection | None = Field(None, description="How to get the mail that waits at the ISP.")
    host: Annotated[str, AfterValidator(_host)] = Field("localhost", min_length=1, description="The ISP's mail host.")
    port: Annotated[int, Whole(1, 65_535)] = Field(25, description="The host's SMTP port.")
    name: Word = Field("localhost", min_length=1, description="The name that the service gives to the host.")
    messages_per_session: Annotated[int, Whole(1)] = Field(100, description="Messages over one connection.")
    on_give_up: Literal["orphan", "end"] = Field(
        "orphan", description="What happens to a script when the dialler stops waiting for it."
    )

    def config(self) -> ServiceConfig:
        """Return the service's configuration."""
        weekend = self.weekend.rule() if self.weekend is not None else None
        return ServiceConfig(
            self.entry,
            Timetable(self.schedule.rule(), weekend),
            queued_for=self.queued_for,
            retrieval=self.retrieval.retrieval() if self.retrieval is not None else None,
            time_out=self.time_out,
            host=self.host,
            port=self.port,
            name=self.name,
            messages_per_session=self.messages_per_session,
        )


class MailFile(MailSettings):
    """The content of a mail service's file, ``mail.yaml``."""

    phonebook: str = Field(min_length=1, description="The phone book, phonebook.yaml or rasphone.pbk.")
    queue: str = Field("queue", min_length=1, description="The Maildir of outbound mail.")
    inbox: str = Field("inbox", min_length=1, description="The Maildir of received mail.")
    events: str = Field("events.jsonl", min_length=1, description="The event log.")
    listen: Annotated[int, Whole(1, 65_535)] | None = Field(
        None, description="The port for the ISP's deliveries after ETRN."
    )


@dataclass(frozen=True, slots=True)
class LoadedMail:
    """The settings of a mail service, ready to run. All paths are relative to the present folder.

    Attributes:
        config: The configuration of the service.
        phonebook: The phone book.
        on_give_up: What happens to a script when the dialler stops waiting for it.
        queue: The Maildir of outbound mail.
        inbox: The Maildir of received mail.
        events: The event log.
        listen: The TCP port for the ISP's deliveries after ETRN; None if there is no listener.
    """

    config: ServiceConfig
    phonebook: LoadedPhoneBook
    on_give_up: OnGiveUp
    queue: Path
    inbox: Path
    events: Path
    listen: int | None


def load_mail(path: str | Path) -> LoadedMail:
    """Read and check a mail service's settings.

    Raises:
        SourceError: The file or its phone book can't be read, or is wrong; every mistake is reported.
    """
    file = Path(path)
    return mail_from(read_text(file), file.parent)


def mail_from(source: SourceText, folder: Path) -> LoadedMail:
    """Check the text of a mail service's settings.

    Args:
        source: The text.
        folder: The folder that its paths are relative to.

    Raises:
        SourceError: It is wrong, or its phone book can't be read or is wrong; every mistake is reported.
    """
    document = document_of(source)
    model = validate(document, MailFile, check=_check)
    phonebook = load_phonebook(folder / model.phonebook)
    if phonebook.book.find(model.entry) is None:
        guess = phonebook.book.nearest(model.entry)
        hint = f"did you mean {guess!r}?" if guess else "it has: " + ", ".join(e.name for e in phonebook.book)
        message = f"the phone book {model.phonebook} has no entry {model.entry!r}"
        raise SourceError(document.source, [Diagnostic(document.place(("entry",)), message, hint)])
    return LoadedMail(
        model.config(),
        phonebook,
        OnGiveUp(model.on_give_up),
        folder / model.queue,
        folder / model.inbox,
        folder / model.events,
        model.listen,
    )


def _check(model: MailFile) -> Sequence[tuple[tuple[str | int, ...], str]]:
    """Report combinations that cannot work although each part is valid."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    if model.schedule.never and model.queued_for is None and model.weekend is None:
        found.append((("schedule",), "with no schedule and without queued_for the service never dials"))
    if model.time_out <= 0:
        found.append((("time_out",), "the time-out must be more than 0"))
    return found


def _as_time(text: str) -> dt.time:
    hours, minutes = text.split(":")
    return dt.time(int(hours), int(minutes))
