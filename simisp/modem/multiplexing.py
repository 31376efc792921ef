"""``AT+CMUX``: the command by which the line becomes a multiplexer (3GPP TS 27.007, 5.7).

The modem only says what was asked for; its owner has the multiplexer, which begins behind the OK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simisp.machine import Output
from simisp.modem.command_row import CommandRow, Disposition, Range
from simisp.modem.outputs import ModemState
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["MULTIPLEX", "MULTIPLEX_WITHIN", "MultiplexerRequested"]

_USUAL = ("", "0", "", "", "10", "3", "30", "10", "2")
"""What counts for a value that is not given. Mode has no usual value, port speed no effect, N1 depends on the mode."""
_USUAL_FRAME_SIZES = (31, 64)
_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class MultiplexerRequested(Output):
    """The DTE has asked for the multiplexer: it begins as soon as the command line has been answered.

    Attributes:
        advanced: Whether it asked for the advanced option.
        in_ui: Whether octets are to go in UI frames.
        frame_size: N1.
        t1: The acknowledgement timer, in seconds.
        tries: N2.
        t2: The response timer of the control channel, in seconds.
        t3: The wake-up timer, in seconds.
    """

    advanced: bool
    in_ui: bool
    frame_size: int
    t1: float
    tries: int
    t2: float
    t3: float


def set_up_multiplexer(unit: Unit, row: CommandRow, command: ATCommand) -> ResultCode:
    """Ask the owner for the multiplexer, or say what there is."""
    current = unit.settings.parameters[row.name]
    if row.allows(command, Form.TEST):
        unit.dte.send_information(f"{row.name}: {','.join(map(str, row.values))}")
        return ResultCode.OK
    if row.allows(command, Form.READ):
        unit.dte.send_information(f"{row.name}: {','.join(current)}")
        return ResultCode.OK
    if not row.allows(command, Form.SET) or unit.call.state is not ModemState.COMMAND:
        return ResultCode.ERROR
    given = row.merged(command, _USUAL)
    if given is None or not given[0]:
        return ResultCode.ERROR
    mode, subset, _, size, t1, tries, t2, t3, _ = given
    frame_size = int(size or _USUAL_FRAME_SIZES[int(mode)])
    unit.settings.parameters[row.name] = (mode, subset, given[2] or current[2], str(frame_size), *given[4:])
    unit.dte.request(
        MultiplexerRequested(
            mode == "1", subset == "1", frame_size, int(t1) / _HUNDREDTHS, int(tries), int(t2) / _HUNDREDTHS, float(t3)
        )
    )
    return ResultCode.OK


def decline_multiplexer(_unit: Unit, _row: CommandRow, _command: ATCommand) -> ResultCode:
    """Give ERROR: a channel of a multiplexer does not become one."""
    return ResultCode.ERROR


MULTIPLEX = CommandRow(
    "+CMUX",
    "27.007 5.7",
    "multiplexer: mode, subset, port speed, N1, T1, N2, T2, T3, k",
    set_up_multiplexer,
    (
        Range(0, 1),
        Range(0, 1),
        Range(1, 6),
        Range(1, 32767),
        Range(1, 255),
        Range(0, 100),
        Range(2, 255),
        Range(1, 255),
        Range(1, 7),
    ),
    ("0", "0", "5", "31", "10", "3", "30", "10", "2"),
)
"""The row of a modem that has a multiplexer. Error recovery mode (2) is not offered, as on most modules."""

MULTIPLEX_WITHIN = CommandRow(
    "+CMUX", "27.007 5.7", "multiplexer, on one of its own channels", decline_multiplexer,
    disposition=Disposition.DECLINED,
)  # fmt: skip
"""The row on a channel of the multiplexer itself."""
