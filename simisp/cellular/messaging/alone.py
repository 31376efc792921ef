"""A modem's subsystem that has messages and nothing else of a cellular modem: a SIM and a network are always there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simisp.cellular.messaging.cms_error import CmsError
from simisp.cellular.messaging.rows import MESSAGE_ROWS
from simisp.cellular.messaging.service import Messaging, MessagingConfig
from simisp.cellular.sms.times import Timestamp
from simisp.modem.answers import CommandAnswer, DialOut
from simisp.modem.command_row import Choice, CommandRow, CommandTable
from simisp.modem.handlers import parameter
from simisp.modem.result_codes import ResultCode
from simisp.modem.subsystem import ResetKind
from simisp.modem.syntax import ATCommand, Form
from simisp.modem.unit import Unit

__all__ = ["MessagingAlone"]

_SETS = Choice(("GSM", "IRA", "UCS2", "HEX", "8859-1", "UTF-8"))


def _select_set(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CSCS: select the character set of texts (3GPP TS 27.007, 5.5)."""
    if row.allows(command, Form.READ):
        unit.dte.send_information(f'+CSCS: "{unit.settings.parameters[row.name][0]}"')
    elif row.allows(command, Form.TEST):
        unit.dte.send_information("+CSCS: (" + ",".join(f'"{name}"' for name in _SETS.words) + ")")
    else:
        return parameter(unit, row, command)
    return ResultCode.OK


_ROWS = CommandTable(
    (
        CommandRow("+CSCS", "27.007 5.5", "character set of texts", _select_set, (_SETS,), ("IRA",)),
        CommandRow(
            "+CMEE", "27.007 9.1", "errors: plain, numbers, words", parameter, (Choice(("0", "1", "2")),), ("0",)
        ),
        *MESSAGE_ROWS,
    )
)


class MessagingAlone:
    """What has messages.

    Args:
        config: How it deals with messages.
    """

    def __init__(self, config: MessagingConfig) -> None:
        self.messaging = Messaging(config, self)

    @property
    def rows(self) -> Mapping[str, CommandRow]:
        """Its commands: those for messages, and the two that they depend on."""
        return _ROWS

    @property
    def announces(self) -> Sequence[str]:
        """What it sends once it has restarted: nothing."""
        return ()

    def attach(self, unit: Unit) -> None:
        """Take notice of a port."""
        self.messaging.attach(unit)

    def detach(self, unit: Unit) -> None:
        """Forget a port."""
        self.messaging.detach(unit)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None."""
        return self.messaging.next_timer()

    def handle_timer(self, unit: Unit, now: float) -> None:
        """Let arrive what is due."""
        self.messaging.handle_timer(now)

    def dial(self, unit: Unit, string: str, now: float) -> CommandAnswer:
        """Dial on the line."""
        return DialOut(string)

    def reset(self, unit: Unit, kind: ResetKind) -> None:
        """Leave everything as it is: messages outlast a reset."""

    def messaging_refusal(self) -> CmsError | None:
        """Return why no message command can be run: nothing ever keeps one from it."""
        return None

    def has_message_service(self) -> bool:
        """Return whether the network takes messages: it always does."""
        return True

    def local_time(self, now: float) -> Timestamp:
        """Return the time of day: the run begins at noon of a day in the first month of 2026, UTC."""
        days, seconds = divmod(int(now) + 12 * 3600, 86_400)
        hours, seconds = divmod(seconds, 3600)
        return Timestamp(26, 1, 1 + days % 28, hours, seconds // 60, seconds % 60)
