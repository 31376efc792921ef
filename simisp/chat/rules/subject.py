"""A chat script as a rule sees it: what is in force at each of its waits, and edits around its statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from simisp.chat.meaning import ActInSend, SendText, atoi, meant_in_expect, meant_in_send
from simisp.chat.program import DEFAULT_LIMIT
from simisp.chat.reader import ChatKeyword, ChatPart, ChatScript, ChatSetting, ExpectSend
from simisp.lint.edits import Edit

__all__ = ["ChatLintSettings", "ChatSubject", "Moment"]

_AT = re.compile(rb"\s*AT", re.IGNORECASE)
_DIAL = re.compile(rb"(?:^|[^&%\\+*#$^A-Z])D(?=[TPILSW0-9*#,>@!(\"])", re.IGNORECASE)
_PASSWORD = re.compile(rb"asswor[dt]|passw|ssphrase|wor[dt]\W*$", re.IGNORECASE)
_OCTET_TIME = 0.01
_ACT_TIME = {ActInSend.DELAY: 1.0, ActInSend.PAUSE: 0.01, ActInSend.BREAK: 0.0}


@dataclass(frozen=True, slots=True)
class ChatLintSettings:
    """What a rule needs to know besides the script.

    Attributes:
        give_up: After how many seconds the caller of chat loses patience; None for never.
    """

    give_up: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What is in force when an expected word is waited for.

    Attributes:
        exchange: What is expected, and sent then.
        limit: Seconds of the time-out.
        aborts: The ABORT texts with their statements, in the order of their exit statuses.
        echo: Whether what comes is shown (ECHO ON).
        dialled: Whether a number has been dialled before.
        connected: Whether CONNECT has been waited for before.
        asked: Whether a command has been sent to the modem before, other than a number to dial.
        sent: Whether anything has been sent before.
    """

    exchange: ExpectSend
    limit: float
    aborts: tuple[tuple[bytes, ChatSetting], ...]
    echo: bool
    dialled: bool
    connected: bool
    asked: bool
    sent: bool


class ChatSubject:
    """A chat script, as a rule sees it.

    Args:
        script: The script.
        settings: What else a rule needs to know.

    Attributes:
        script: As given.
        settings: As given.
    """

    def __init__(self, script: ChatScript, settings: ChatLintSettings) -> None:
        self.script = script
        self.settings = settings

    @property
    def text(self) -> str:
        """The text of the script."""
        return self.script.text.text

    def expected(self, text: str) -> bytes:
        """Return what a word means where it is expected."""
        return meant_in_expect(self.script.text.octets(text))

    def sent(self, part: ChatPart) -> SendText:
        """Return what a part does where it is sent."""
        return meant_in_send(self.script.text.octets(part.text))

    def dials(self, part: ChatPart) -> bool:
        """Return whether a part dials a number."""
        data = self.sent(part).data
        command = _AT.match(data)
        return command is not None and _DIAL.search(data[command.end() :]) is not None

    def is_command(self, part: ChatPart) -> bool:
        """Return whether a part is a command for the modem that dials nothing."""
        return _AT.match(self.sent(part).data) is not None and not self.dials(part)

    def asks_for_password(self, exchange: ExpectSend) -> bool:
        """Return whether an expected word is a prompt for a password."""
        return any(_PASSWORD.search(self.expected(turn.expect.text)) for turn in exchange.turns)

    def is_visible(self, part: ChatPart) -> bool:
        """Return whether a part has letters or digits that are in the script itself."""
        return not part.text.startswith("@") and any(chr(octet).isalnum() for octet in self.sent(part).data)

    def seconds(self, part: ChatPart) -> float:
        """Return how long it takes to send a part."""
        return sum(
            _OCTET_TIME if isinstance(element, int) else _ACT_TIME[element] for element in self.sent(part).elements
        )

    def parts_sent(self, exchange: ExpectSend) -> Iterator[ChatPart]:
        """Yield what an exchange sends: what is sent in vain, and the answer."""
        yield from (turn.send for turn in exchange.turns if turn.send is not None)
        if exchange.reply is not None:
            yield exchange.reply

    @cached_property
    def moments(self) -> Sequence[Moment]:
        """What is in force at each of the waits, in the order of the script."""
        return tuple(self._moments())

    def _moments(self) -> Iterator[Moment]:
        limit, echo = float(DEFAULT_LIMIT), False
        aborts: list[tuple[bytes, ChatSetting]] = []
        dialled = connected = asked = sent = False
        for statement in self.script.statements:
            if isinstance(statement, ChatSetting):
                limit, echo, aborts = self._after(statement, limit, echo, aborts)
                continue
            yield Moment(statement, limit, tuple(aborts), echo, dialled, connected, asked, sent)
            parts = list(self.parts_sent(statement))
            connected = connected or any(b"CONNECT" in self.expected(turn.expect.text) for turn in statement.turns)
            dialled = dialled or any(self.dials(part) for part in parts)
            asked = asked or any(self.is_command(part) for part in parts)
            sent = sent or any(self.sent(part).data for part in parts)

    def _after(
        self, setting: ChatSetting, limit: float, echo: bool, aborts: list[tuple[bytes, ChatSetting]]
    ) -> tuple[float, bool, list[tuple[bytes, ChatSetting]]]:
        """Return the time-out, ECHO and the ABORT texts after a setting."""
        if setting.value is None:
            return limit, echo, aborts
        octets = self.expected(setting.value.text)
        match setting.keyword:
            case ChatKeyword.TIMEOUT:
                seconds = atoi(octets)
                limit = float(seconds if seconds > 0 else DEFAULT_LIMIT)
            case ChatKeyword.ECHO:
                echo = octets == b"ON"
            case ChatKeyword.ABORT:
                aborts = [*aborts, (octets, setting)]
            case ChatKeyword.CLR_ABORT:
                aborts = [each for each in aborts if each[0] != octets]
            case _:
                pass
        return limit, echo, aborts

    def before(self, statement: ExpectSend | ChatSetting, *settings: str) -> Edit:
        """Return the edit that inserts settings before a statement, on lines of their own if it begins its line."""
        start = statement.word.start
        line = self.text.rfind("\n", 0, start) + 1
        indent = self.text[line:start]
        if indent.strip():
            return Edit(start, start, "".join(f"{setting} " for setting in settings))
        return Edit(line, line, "".join(f"{indent}{setting}\n" for setting in settings))

    def following(self, statement: ExpectSend) -> ExpectSend | ChatSetting | None:
        """Return the statement behind one; None at the end."""
        index = self.script.statements.index(statement) + 1
        return self.script.statements[index] if index < len(self.script.statements) else None
