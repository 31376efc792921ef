"""Anything that can happen to a modem, and how it is played to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.machine import Output, SendData
from simisp.modem import CallFailure, Modem, ModemConfig, RelayData
from simisp.modem.caller import Caller
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.subsystem import ModemSubsystem
from support.suspending_modem import SUSPENDING_ROWS

__all__ = ["EVENTS", "OCTETS", "WORDS", "Script", "few", "joined"]

few = settings(max_examples=100, deadline=None)

WORDS = st.sampled_from(
    [
        *(b"AT", b"at", b"A/", b"\r", b"\n", b"\x08", b";", b"+++", b"+", b"DT555", b"D9,", b"D9;", b"DL", b"&Z=5"),
        *(b"S12=0", b"S2=", b"S3=65", b"S5=13", b"S0=1", b"S7?", b"Z", b"&F", b"&D1", b"&D3", b"&C0", b"E0", b"V0"),
        *(b"+SLOW", b"+SLOWER", b"+ASK", b"+ASK=2", b"+SAY", b"+NO", b"\x1a", b"\x1b", b"^SYSINFO", b"+IPR=9600;"),
        *(b"%C1E0", b"%CX=1", b"+MR=1;", b"S30=1", b"W1", b"&S1", b"&W", b"D*99#", b"D*99#;"),
        *(b"O", b"H", b"A", b"Q1", b"X0", b"+IFC=?", b"+FCLASS=0", b"&V", b"S8=0", b"S6=2", b"hello", b"\xff", b"\0"),
    ]
)
OCTETS = st.lists(st.one_of(WORDS, st.binary(max_size=8)), max_size=12).map(b"".join)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("dte"), OCTETS),
        st.tuples(st.just("line"), st.sampled_from(["ATDT1", "ATA", "ATO", "ATH", "ATS12=0", "ATDT9,;H", "AT&D3"])),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 0.02, 0.125, 1.0, 2.0, 60.0])),
        st.tuples(st.just("dtr"), st.booleans()),
        st.tuples(st.just("connect"), st.sampled_from([None, 300, 49333])),
        st.tuples(st.just("fail"), st.sampled_from(CallFailure)),
        st.tuples(st.just("ring"), st.none()),
        st.tuples(st.just("ring back"), st.none()),
        st.tuples(st.just("remote"), st.binary(max_size=20)),
        st.tuples(st.just("lose"), st.booleans()),
        st.tuples(
            st.just("line"), st.sampled_from(["AT+SLOW", "AT+SLOWER;H", "AT+ASK", "AT+ASK=2;+SAY", "AT+SLOW;D*99#"])
        ),
        st.tuples(st.just("rate"), st.sampled_from([0, 9600, 115200])),
        st.tuples(st.just("caller"), st.sampled_from(["P", "5550177"])),
        st.tuples(st.just("power"), st.sampled_from([0.0, 2.0])),
    ),
    max_size=14,
)


def joined(outputs: Iterable[Output]) -> list[Output]:
    """Return the outputs with neighbouring octets of a kind in one piece."""
    pieces: list[Output] = []
    for output in outputs:
        last = pieces[-1] if pieces else None
        if isinstance(output, SendData) and isinstance(last, SendData) and not (output.secrets or last.secrets):
            pieces[-1] = SendData(last.data + output.data)
        elif isinstance(output, RelayData) and isinstance(last, RelayData):
            pieces[-1] = RelayData(last.data + output.data)
        else:
            pieces.append(output)
    return pieces


class Script:
    """Events played to a modem, its octets in pieces of a given size."""

    def __init__(self, piece: int | None, subsystem: ModemSubsystem | None = None) -> None:
        config = ModemConfig(replace(STANDARD_PROFILE, rows=STANDARD_PROFILE.rows.with_rows(SUSPENDING_ROWS.values())))
        self.modem = Modem(config, subsystem)
        self.now = 0.0
        self.piece = piece
        self.outputs: list[Output] = []

    def play(self, events: list[tuple[str, object]]) -> list[Output]:
        for kind, value in events:
            self.play_one(kind, value)
            self.outputs += self.modem.take_outputs()
        return joined(self.outputs)

    def play_one(self, kind: str, value: object) -> None:
        modem, now = self.modem, self.now
        match kind, value:
            case "dte", bytes(data):
                self.feed(data)
            case "line", str(line):
                self.feed(line.encode() + b"\r")
            case "wait", float(seconds):
                self.wait(seconds)
            case "dtr", bool(on):
                modem.set_circuit(Circuit.DTR, on, now=now)
            case "connect", int() | None as rate:
                modem.connect(rate, now=now)
            case "fail", CallFailure() as failure:
                modem.fail_call(failure, now=now)
            case "ring", None:
                modem.ring(now=now)
            case "ring back", None:
                modem.hear_ring_back(now=now)
            case "remote", bytes(data):
                modem.receive_remote_data(data, now=now)
            case "lose", bool(cleared):
                modem.lose_carrier(now=now, cleared=cleared)
            case "rate", int(rate):
                modem.see_rate(rate, now=now)
            case "caller", str(number):
                modem.hear_caller(Caller(number), now=now)
            case "power", float(seconds):
                modem._unit.power_up(deaf_until=now + seconds)
            case _:
                raise AssertionError(kind)

    def feed(self, data: bytes) -> None:
        size = self.piece or max(1, len(data))
        for start in range(0, len(data), size):
            self.modem.receive_data(data[start : start + size], now=self.now)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.modem.next_timer()) is not None and due <= end:
            assert due >= self.now, "a deadline lies in the past"
            self.now = due
            self.modem.handle_timer(now=due)
            after = self.modem.next_timer()
            assert after is None or after > due, "a timer that was handled is due again"
        self.now = end
