"""Settings, flushes and circuits keep their place among the octets of the same instant."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from simisp.circuits import Circuit
from simisp.facts.fact import details_of
from simisp.facts.line import CircuitSet
from simisp.facts.port import BreakSeen, PortSettings
from simisp.framing import Parity
from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.station import Station
from simisp.scenario.load import load
from simisp.transcript import Record, Source
from support.virtual_line import FarEnd, VirtualLine

TIMES = 60
START = "import fcntl, os, struct, termios\nsettings = termios.tcgetattr(0)\n"
CHANGES = {
    "tcflush": "termios.tcflush(0, termios.TCOFLUSH)",
    "tcsetattr": "termios.tcsetattr(0, termios.TCSAFLUSH, settings)",
    "tcdrain": "termios.tcdrain(0); fcntl.ioctl(0, termios.TCFLSH, termios.TCOFLUSH)",
    "tcsendbreak": "termios.tcsendbreak(0, 0); termios.tcflush(0, termios.TCOFLUSH)",
    "ioctl": "fcntl.ioctl(0, termios.TCFLSH, termios.TCOFLUSH)",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_written_has_gone_out_before_it_can_be_flushed(change: str) -> None:
    code = f"{START}for _ in range({TIMES}):\n os.write(1, b'x')\n {CHANGES[change]}"
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", code])
    assert (outcome.status, outcome.seconds) == (0, 0.0)
    assert b"".join(octets for _, _, octets in outcome.line) == b"x" * TIMES


def test_what_the_far_end_answers_at_once_is_there_to_be_flushed() -> None:
    code = f"""{START}
import select
for _ in range({TIMES}):
    os.write(1, b'ask\\r')
    termios.tcflush(0, termios.TCIFLUSH)
    assert not select.select([0], [], [], 0.5)[0]
"""
    with VirtualLine(FarEnd(lambda line: [(0.0, b"answer")])) as line:
        outcome = line.run([sys.executable, "-c", code])
    assert outcome.status == 0, outcome.output


def test_a_change_of_settings_at_a_later_time_takes_none(tmp_path: Path) -> None:
    code = f"{START}import time\nfor _ in range(10): time.sleep(1); {CHANGES['tcsetattr']}"
    with VirtualLine() as line:
        assert line.run([sys.executable, "-c", code]).seconds == 10.0


def test_a_change_waits_for_no_octets_that_are_only_to_come() -> None:
    with VirtualLine(FarEnd(opening=[(5.0, b"x")])) as line:
        assert line.run([sys.executable, "-c", START + CHANGES["tcsetattr"]]).seconds == 0.0


def test_an_alarm_during_a_change_rings_in_its_handler() -> None:
    code = f"{START}import signal\nrang = []\nsignal.signal(signal.SIGALRM, lambda *_: rang.append(1))\n"
    code += f"signal.setitimer(signal.ITIMER_REAL, 1, 1)\nwhile len(rang) < 3: {CHANGES['tcsetattr']}; signal.pause()"
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", code])
    assert (outcome.status, outcome.seconds) == (0, 3.0)


@pytest.mark.parametrize("framing", ["PARENB", "PARENB | termios.PARODD | termios.CS7", "CS7"])
def test_parity_and_data_bits_changed_alone_are_taken_as_by_a_serial_port_and_so_is_what_follows(framing: str) -> None:
    code = f"""{START}
settings[2] = settings[2] & ~termios.CSIZE | (termios.{framing})
for when in (termios.TCSANOW, termios.TCSADRAIN, termios.TCSAFLUSH, termios.TCSANOW):
    termios.tcsetattr(0, when, settings)  # twice: nothing else is left to change
settings[4] = settings[5] = termios.B19200
termios.tcsetattr(0, termios.TCSANOW, settings)
termios.tcsetattr(0, termios.TCSANOW, settings)
assert termios.tcgetattr(0)[4] == termios.B19200
"""
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", code])
    assert outcome.status == 0, outcome.output


def test_an_action_that_there_is_not_is_refused_with_any_framing() -> None:
    code = f"""{START}
import errno, sys
settings[2] |= termios.PARENB
try: termios.tcsetattr(0, 99, settings)
except termios.error as error: assert error.args[0] == errno.EINVAL
else: sys.exit("taken")
"""
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", code])
    assert outcome.status == 0, outcome.output


def recorded(code: str) -> Sequence[Record]:
    """Run a Python program on a modem in virtual time; return the transcript."""
    command = [sys.executable, "-c", code]

    async def run() -> Sequence[Record]:
        with Station(load("login"), clock=choose_clock("virtual", command)) as station:
            verdict = await run_client(station, command)
            assert verdict.client is not None
            assert verdict.client.exit_status == 0
            return tuple(station.transcript)

    return asyncio.run(run())


def test_octets_and_settings_are_heard_of_in_the_order_in_which_they_came() -> None:
    code = f"""{START}
import tty
tty.setraw(0)
settings = termios.tcgetattr(0)
for number in range({TIMES}):
    settings[4] = settings[5] = (termios.B1200, termios.B2400)[number % 2]
    os.write(1, b'\\r')
    termios.tcsetattr(0, termios.TCSANOW, settings)
"""
    happened = [
        record.fact.kind
        for record in recorded(code)
        if (record.source is Source.CLIENT and record.data)
        or (isinstance(record.fact, PortSettings) and record.fact.speed != 9600)
    ]
    assert happened == ["octets", "settings"] * TIMES


BREAKS = {
    "tcsendbreak": "termios.tcsendbreak(0, 0)",
    "tcsendbreak with a duration": "termios.tcsendbreak(0, 1)",
    "TCSBRK": "fcntl.ioctl(0, 0x5409, 0)",
    "TIOCSBRK": "fcntl.ioctl(0, 0x5427); fcntl.ioctl(0, 0x5428)",
}


def test_each_way_to_send_a_break_is_recorded_behind_the_octets_before_it_and_draining_is_none() -> None:
    sends = "".join(f"os.write(1, b'\\r'); {each}; termios.tcdrain(0)\n" for each in BREAKS.values())
    happened = [
        record.fact.kind
        for record in recorded(f"{START}import tty\ntty.setraw(0)\n{sends}")
        if (record.source is Source.CLIENT and record.data) or isinstance(record.fact, BreakSeen)
    ]
    assert happened == ["octets", "break"] * len(BREAKS)


SET_BY = {
    "tcsetattr": "termios.tcsetattr(0, termios.TCSANOW, settings)",
    "ioctl": "fcntl.ioctl(0, 0x5402, struct.pack('4I20s', *settings[:4], bytes(20)))",
    "ioctl of termio": "fcntl.ioctl(0, 0x5406, struct.pack('4H10s', *(x & 0xffff for x in settings[:4]), bytes(10)))",
}


@pytest.mark.parametrize("call", SET_BY)
def test_data_bits_and_parity_are_recorded_as_the_client_asked_for_them(call: str) -> None:
    """A PTY keeps neither; a change of nothing else is recorded too."""
    code = f"""{START}
import tty
tty.setraw(0)
settings = termios.tcgetattr(0)
odd = termios.PARENB | termios.PARODD
framing = termios.CSIZE | odd | termios.CSTOPB
for cflag in (termios.CS7 | termios.PARENB, termios.CS8, termios.CS7 | odd | termios.CSTOPB):
    settings[2] = settings[2] & ~framing | cflag
    {SET_BY[call]}
    os.write(1, b'\\r')
"""
    facts = [details_of(record.fact) for record in recorded(code) if isinstance(record.fact, PortSettings)]
    names = ("data_bits", "parity", "stop_bits", "flow_control")
    assert [tuple(each[name] for name in names) for each in facts] == [
        (8, "none", 1, "none"),
        (7, "even", 1, "none"),
        (8, "none", 1, "none"),
        (7, "odd", 2, "none"),
    ]


REFUSED = {
    "tcsetattr": """
try: termios.tcsetattr(0, 99, settings)
except termios.error: pass
else: sys.exit("taken")""",
    "ioctl": "assert libc.ioctl(0, 0x5402, ctypes.c_void_p(8)) == -1",
    "ioctl of termio": "assert libc.ioctl(0, 0x5406, ctypes.c_void_p(8)) == -1",
}


@pytest.mark.parametrize("call", REFUSED)
def test_a_change_that_is_refused_changes_no_data_bits_and_no_parity(call: str) -> None:
    code = f"""{START}
import ctypes, sys
libc = ctypes.CDLL(None)
settings[2] = settings[2] & ~termios.CSIZE | termios.CS7 | termios.PARENB
{REFUSED[call]}
"""
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", code])
        assert (outcome.status, line.circuits.characters) == (0, (8, Parity.NONE)), outcome.output


def test_dtr_that_is_lowered_and_raised_in_one_instant_was_lowered() -> None:
    code = f"""{START}
dtr = struct.pack("I", termios.TIOCM_DTR)
for _ in range({TIMES}):
    fcntl.ioctl(0, termios.TIOCMBIC, dtr)
    fcntl.ioctl(0, termios.TIOCMBIS, dtr)
"""
    lowered = [record for record in recorded(code) if record.fact == CircuitSet(Circuit.DTR, False)]
    assert len(lowered) == TIMES + 1  # the last one is the end of the program
