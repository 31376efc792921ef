"""A modem with messaging and a clock, for the tests of message commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from modem.dte_play import sent
from simisp.cellular.messaging.alone import MessagingAlone
from simisp.cellular.messaging.cms_error import CmsError
from simisp.cellular.messaging.rows import MESSAGE_ROWS
from simisp.cellular.messaging.service import IncomingMessage, MessagingConfig
from simisp.cellular.sms.times import Timestamp
from simisp.facts.fact import Fact
from simisp.machine import Output
from simisp.modem import Modem, ModemConfig
from simisp.modem.command_row import Choice, CommandRow, CommandTable
from simisp.modem.handlers import parameter


class TroubledMessaging(MessagingAlone):
    """A modem's messages, which its owner can let refuse commands, or be without a network. Errors have numbers."""

    ROWS: ClassVar[Mapping[str, CommandRow]] = CommandTable(
        (
            *MESSAGE_ROWS,
            CommandRow("+CMEE", "27.007 9.1", "errors", parameter, (Choice(("0", "1", "2")),), ("1",)),
            CommandRow("+CSCS", "27.007 5.5", "set", parameter, (Choice(("GSM", "IRA", "UCS2", "HEX")),), ("IRA",)),
        )
    )

    def __init__(self, config: MessagingConfig) -> None:
        super().__init__(config)
        self.refusal: CmsError | None = None
        self.has_network = True

    @property
    def rows(self) -> Mapping[str, CommandRow]:
        return self.ROWS

    def messaging_refusal(self) -> CmsError | None:
        return self.refusal

    def has_message_service(self) -> bool:
        return self.has_network

    def local_time(self, now: float) -> Timestamp:
        minutes, seconds = divmod(int(now), 60)
        return Timestamp(26, 11, 28, 22, minutes, seconds, 4)


class MessagePlay:
    """A modem with messaging on a stage, with echo off."""

    def __init__(self, *incoming: IncomingMessage, config: MessagingConfig | None = None) -> None:
        self.now = 0.0
        self.subsystem = TroubledMessaging(config or MessagingConfig(incoming=incoming))
        self.messaging = self.subsystem.messaging
        self.modem = Modem(ModemConfig(settings={"E": 0}), self.subsystem)
        self.outputs: list[Output] = list(self.modem.take_outputs())

    def types(self, data: bytes | str) -> bytes:
        """Let the DTE send octets; return what it gets at once."""
        self.modem.receive_data(data.encode() if isinstance(data, str) else data, now=self.now)
        return self._take()

    def runs(self, line: str) -> bytes:
        """Let the DTE send a command line; return what it gets at once."""
        return self.types(f"AT{line}\r")

    def waits(self, seconds: float) -> bytes:
        """Let time pass; return what the DTE gets meanwhile."""
        end = self.now + seconds
        while (due := self.modem.next_timer()) is not None and due <= end:
            self.now = max(self.now, due)
            self.modem.handle_timer(now=self.now)
        self.now = end
        return self._take()

    def sends(self, line: str, text: str | bytes) -> bytes:
        """Let the DTE send a message after the prompt; return what follows within two seconds."""
        assert self.runs(line) == b"\r\n> "
        octets = text.encode() if isinstance(text, str) else text
        return self.types(octets + b"\x1a") + self.waits(2.0)

    def facts(self, kind: str) -> list[Fact]:
        """Return the facts of a kind so far."""
        return [output for output in self.outputs if isinstance(output, Fact) and output.kind == kind]

    def _take(self) -> bytes:
        outputs = self.modem.take_outputs()
        self.outputs += outputs
        return sent(outputs)
