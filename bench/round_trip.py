"""AT to OK and back over the PTY, beside a bare asyncio responder on a PTY, in one run.

Where the kernel happens to place the two processes decides more than what they do: on one processor a round trip takes
a third of what it takes across two. So both responders are pinned, once apart from whoever asks and once beside it.

What people put in a modem's place otherwise takes part in the same run, where it is installed: socat with a script of
expect behind it, and sinstruments (see ``bench/_sinstruments.py``).
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._figures import percentile, show
from bench._sinstruments import sinstruments

_BATCHES = 25
_PER_BATCH = 400
_BARE = """
import asyncio, os, tty
master, slave = os.openpty()
tty.setraw(slave)
os.set_blocking(master, False)
print(os.ttyname(slave), flush=True)
line = bytearray()
def readable():
    line.extend(os.read(master, 4096))
    while b"\\r" in line:
        word, _, rest = bytes(line).partition(b"\\r")
        line[:] = rest
        os.write(master, word + b"\\r\\r\\nOK\\r\\n")
async def main():
    asyncio.get_running_loop().add_reader(master, readable)
    await asyncio.Event().wait()
asyncio.run(main())
"""

_EXPECT = r"""
log_user 0
set timeout -1
while 1 {
    expect_user {
        -re "(\[^\r]*)\r" {send_user "$expect_out(1,string)\r\r\nOK\r\n"}
        eof {exit}
    }
}
"""


def main() -> None:
    """Measure all of them in turn, batch by batch."""
    processors = sorted(os.sched_getaffinity(0))
    _measure("on one processor", ask=processors[0], answer=processors[0])
    if len(processors) > 1:
        _measure("on two processors", ask=processors[0], answer=processors[1])
    os.sched_setaffinity(0, processors)


def _measure(where: str, *, ask: int, answer: int) -> None:
    with TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        os.sched_setaffinity(0, {answer})
        ports = {name: stack.enter_context(_started(command)) for name, command in _commands(Path(folder)).items()}
        os.sched_setaffinity(0, {ask})
        times: dict[str, list[float]] = {name: [] for name in ports}
        ratios: dict[str, list[float]] = {name: [] for name in ports if name != "bare"}
        for port in ports.values():
            _round_trips(port, 300)  # warm
        for _ in range(_BATCHES):
            batch = {name: _round_trips(port, _PER_BATCH) for name, port in ports.items()}
            for name, values in batch.items():
                times[name] += values
            for name, found in ratios.items():
                found.append(percentile(batch[name], 50) / percentile(batch["bare"], 50))
    for name, values in times.items():
        p50, p99 = percentile(values, 50) * 1e6, percentile(values, 99) * 1e6
        show(f"AT to OK, {name}, {where}", f"p50 {p50:.0f} us, p99 {p99:.0f} us")
    ratio = percentile(ratios.pop("simisp"), 50)
    show("  simisp to bare, p50, median of batches", f"{ratio:.2f}", "at most 1.10", met=ratio <= 1.10)
    for name, found in ratios.items():
        other = percentile(found, 50)
        show(f"  {name} to bare", f"{other:.2f}", "not below simisp", met=ratio <= other)


def _commands(folder: Path) -> dict[str, list[str]]:
    """Return the commands of all responders that are installed; each prints the path of its port."""
    commands = {
        "bare": [sys.executable, "-c", _BARE],
        "simisp": [sys.executable, "-m", "simisp", "run", "login", "--quiet"],
    }
    if command := sinstruments(folder):
        commands["sinstruments"] = command
    if shutil.which("socat") and shutil.which("expect"):
        script, link = folder / "modem.exp", folder / "port"
        script.write_text(_EXPECT)
        # socat says nothing when its port is there, so the shell waits for the link.
        serve = f"socat PTY,link={link},rawer EXEC:'expect {script}' & until [ -e {link} ]; do sleep 0.01; done"
        commands["socat with expect"] = ["sh", "-c", f"trap 'kill $!' TERM; {serve}; echo {link}; wait"]
    return commands


@contextlib.contextmanager
def _started(command: list[str]) -> Iterator[int]:
    """Start a process that prints the path of its port; yield a descriptor of it, in raw mode."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        port = os.open(process.stdout.readline().strip(), os.O_RDWR | os.O_NOCTTY)
        try:
            tty.setraw(port)
            yield port
        finally:
            os.close(port)
    finally:
        process.terminate()
        process.communicate()


def _round_trips(port: int, count: int) -> list[float]:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        os.write(port, b"AT\r")
        answer = b""
        while not answer.endswith(b"OK\r\n"):
            select.select([port], [], [], 5.0)
            answer += os.read(port, 256)
        times.append(time.perf_counter() - began)
    return times
