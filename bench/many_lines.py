"""1, 100 and 1000 PTY lines in one process, and octets through a connected line beside a bare asyncio pump.

One command is under way on each line. Three things may bound how many are answered in all, and each is shown:

- the round trip, on a single line: simisp waits most of the time, for whoever asks and for the kernel, which passes
  octets from one end of a pseudo-terminal to the other in a process of its own. It uses its processor to look for the
  next command meanwhile, and the bare responder, which looks at nothing and writes the same octets each time, sleeps;
- simisp's processor time. What it answers for each second of it does not depend on what else the machine does;
- whoever asks, which is one Python process too, and those of the kernel: where simisp's processor is not used up.

Where sinstruments is installed (see ``bench/_sinstruments.py``) it answers on as many lines in the same run, up to 100.
"""

from __future__ import annotations

import os
import resource
import select
import subprocess
import sys
import time
import tty
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._figures import percentile, resident_memory, show
from bench._sinstruments import sinstruments

_COUNTS = (1, 100, 1000)
_MOST_BESIDE = 100
"""Lines of sinstruments: a system has some 4 000 pseudo-terminals, and those of all responders are there at a time."""
_GOAL = 60_000
"""Exchanges a second."""
_SECONDS = 2.0
_OCTETS = 4 * 1024 * 1024
_ROUNDS = 3
_TICKS = os.sysconf("SC_CLK_TCK")
_BARE = """
import os, select, sys, tty
poller, kept = select.epoll(), []
for _ in range(int(sys.argv[1])):
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    kept.append(slave)
    poller.register(master, select.EPOLLIN)
    print(os.ttyname(slave), flush=True)
while True:
    for master, _ in poller.poll(-1, 32):
        os.read(master, 4096)
        os.write(master, b"AT\\r\\r\\nOK\\r\\n")
"""
_PUMP = """
import asyncio, os, tty
ends = [os.openpty() for _ in range(2)]
for master, slave in ends:
    tty.setraw(slave)
    os.set_blocking(master, False)
    print(os.ttyname(slave), flush=True)
(one, _), (other, _) = ends
async def main():
    loop = asyncio.get_running_loop()
    waiting = bytearray()
    def write():
        try:
            del waiting[:os.write(other, waiting)]
        except BlockingIOError:
            pass
        if not waiting:
            loop.remove_writer(other)
            loop.add_reader(one, read)
    def read():
        waiting.extend(os.read(one, 65536))
        try:
            del waiting[:os.write(other, waiting)]
        except BlockingIOError:
            pass
        if waiting:
            loop.remove_reader(one)
            loop.add_writer(other, write)
    loop.add_reader(one, read)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def main() -> None:
    """Measure the lines, then the octets."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    alone = 0
    for count in _COUNTS:
        with TemporaryDirectory() as folder, ExitStack() as stack:
            started = {
                name: stack.enter_context(_started(command, count))
                for name, command in _responders(Path(folder), count).items()
            }
            pid = started["simisp"][0].pid
            held = resident_memory(pid)
            alone = alone or held
            _show_exchanges(_in_turn(started), count)
            if count > 1:
                each = (held - alone) / (count - 1) / 1024
                show(f"memory of a line, {count} lines", f"{each:.1f} KiB", "under 24 KiB", met=each < 24)
            _show_idle(pid, count)
    _show_octets()


def _responders(folder: Path, count: int) -> dict[str, list[str]]:
    """Return the commands of what answers; each prints the path of each port."""
    found = {"bare": [sys.executable, "-c", _BARE, str(count)], "simisp": _bank(count)}
    if count <= _MOST_BESIDE and (command := sinstruments(folder, count)):
        found["sinstruments"] = command
    return found


def _bank(count: int) -> list[str]:
    return [sys.executable, "-m", "simisp", "run", "login", "--quiet", "--lines", str(count)]


@contextmanager
def _started(command: Sequence[str], count: int) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """Start a process that prints a port a line; yield it and a descriptor of each port, in raw mode."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    ports: list[int] = []
    try:
        assert process.stdout is not None
        paths = [process.stdout.readline().strip() for _ in range(count)]
        for path in paths:
            ports.append(os.open(path, os.O_RDWR | os.O_NOCTTY))
            tty.setraw(ports[-1])
        yield process, ports
    finally:
        for port in ports:
            os.close(port)
        process.terminate()
        process.communicate()


def _processor_time(pid: int) -> float:
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - no path
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True, slots=True)
class _Exchanges:
    """What was answered in a time.

    Attributes:
        done: How many commands.
        lasted: How many seconds it took.
        used: How many seconds of processor time the responder has used.
        asking: How many seconds of processor time whoever asks has used.
    """

    done: int
    lasted: float
    used: float
    asking: float

    @property
    def in_all(self) -> float:
        """How many a second."""
        return self.done / self.lasted


def _exchanges(pid: int, ports: Sequence[int]) -> _Exchanges:
    """Keep one AT under way on each port, once each has answered: the first exchange is about its opening, too."""
    for port in ports:
        os.write(port, b"AT\r")
        _read_until(port, b"OK\r\n")
    poller = select.epoll()
    for port in ports:
        poller.register(port, select.EPOLLIN)
        os.write(port, b"AT\r")
    answers = dict.fromkeys(ports, b"")
    done, began, used, asking = 0, time.perf_counter(), _processor_time(pid), time.process_time()
    while time.perf_counter() - began < _SECONDS / _ROUNDS:
        for port, _ in poller.poll(1.0):
            answers[port] += os.read(port, 256)
            if answers[port].endswith(b"OK\r\n"):
                answers[port] = b""
                done += 1
                os.write(port, b"AT\r")
    lasted = time.perf_counter() - began
    found = _Exchanges(done, lasted, _processor_time(pid) - used, time.process_time() - asking)
    while poller.poll(0.5):  # what is still under way
        for port, _ in poller.poll(0):
            os.read(port, 4096)
    poller.close()
    return found


def _in_turn(started: Mapping[str, tuple[subprocess.Popen[str], list[int]]]) -> dict[str, list[_Exchanges]]:
    """Let each answer for a while, in turn, so that a machine that slows down slows them all; return each one's."""
    found: dict[str, list[_Exchanges]] = {name: [] for name in started}
    for _ in range(_ROUNDS):
        for name, (process, ports) in started.items():
            found[name].append(_exchanges(process.pid, ports))
    return found


def _show_exchanges(found: Mapping[str, Sequence[_Exchanges]], count: int) -> None:
    """Show what was answered in all and what bounds it."""
    simisp, bare = found["simisp"], found["bare"]
    in_all = percentile([each.in_all for each in simisp], 50)
    if count == 1:
        show(f"AT to OK, {count} lines, in all", f"{in_all:,.0f} a second", "bound by the round trip")
    else:
        met = in_all >= _GOAL
        show(f"AT to OK, {count} lines, in all", f"{in_all:,.0f} a second", "at least 60,000", met=met)
    of_bare = f"{percentile([each.in_all for each in bare], 50):,.0f}, {_ratio(simisp, bare) * 100:.0f} %"
    show("  a bare responder in all, and simisp's share of it", of_bare)
    lasted = sum(each.lasted for each in simisp)
    shares = [sum(each.used for each in simisp) / lasted, sum(each.asking for each in simisp) / lasted]
    show("  of a processor: simisp, and whoever asks", ", ".join(f"{share * 100:.0f} %" for share in shares))
    ours = _a_second_of_processor(simisp)
    what = "  for each second of simisp's processor time"
    if count == 1:
        show(what, f"{ours:,.0f}", "in which it also looks again")
    else:
        show(what, f"{ours:,.0f}", "at least 60,000", met=ours >= _GOAL)
    if other := found.get("sinstruments"):
        ahead, theirs = _ratio(simisp, other), _a_second_of_processor(other)
        figures = f"{percentile([each.in_all for each in other], 50):,.0f} a second, {ahead:.2f}"
        show("  sinstruments in all, and simisp to it", figures, "above 1", met=ahead > 1)
        met = ours > theirs
        show("  for each second of its processor time", f"{theirs:,.0f}, {ours / theirs:.2f}", "above 1", met=met)


def _ratio(these: Sequence[_Exchanges], those: Sequence[_Exchanges]) -> float:
    """Return how many times as many were answered in all, as the median of the rounds."""
    return percentile([one.in_all / other.in_all for one, other in zip(these, those, strict=True)], 50)


def _a_second_of_processor(rounds: Sequence[_Exchanges]) -> float:
    """Return how many are answered for each second of processor time."""
    return sum(each.done for each in rounds) / max(sum(each.used for each in rounds), 1 / _TICKS)


def _show_idle(pid: int, count: int) -> None:
    before, began = _processor_time(pid), time.perf_counter()
    time.sleep(_SECONDS)
    share = (_processor_time(pid) - before) / (time.perf_counter() - began) * 100
    show(f"processor with {count} idle lines", f"{share:.2f} %", "under 1 %", met=share < 1)


def _show_octets() -> None:
    """Send octets one way through two connected lines, and through the bare pump, in turn."""
    with _started(_bank(2), 2) as (_, lines), _started([sys.executable, "-c", _PUMP], 2) as (_, pump):
        _connect(*lines)
        rates: dict[str, list[float]] = {"simisp": [], "bare": []}
        for _ in range(_ROUNDS):
            rates["bare"].append(_rate(*pump))
            rates["simisp"].append(_rate(*lines))
    ours, bare = (percentile(rates[name], 50) for name in ("simisp", "bare"))
    show("octets through a connected line", f"{ours / 2**20:.1f} MiB/s")
    show("  of a bare asyncio pump", f"{ours / bare * 100:.0f} %", "at least 60 %", met=ours >= 0.6 * bare)


def _connect(caller: int, called: int) -> None:
    os.write(caller, b"ATD2\r")
    _read_until(called, b"RING\r\n")
    os.write(called, b"ATA\r")
    for port in (caller, called):
        _read_until(port, b"CONNECT 33600\r\n")


def _read_until(port: int, text: bytes) -> None:
    heard = b""
    while not heard.endswith(text):
        heard += os.read(port, 1)


def _rate(sender: int, receiver: int) -> float:
    """Return how many octets a second pass."""
    piece, sent, received = b"x" * 4096, 0, 0
    os.set_blocking(sender, False)
    began = time.perf_counter()
    while received < _OCTETS:
        readable, writable, _ = select.select([receiver], [sender] if sent < _OCTETS else [], [], 30.0)
        if writable:
            sent += os.write(sender, piece[: _OCTETS - sent])
        if readable:
            received += len(os.read(receiver, 65536))
    return received / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
