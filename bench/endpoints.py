"""AT to OK and back over each way to the line, and over a bare asyncio responder on TCP, in one run."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
import tty

from bench._figures import percentile, show
from simisp.endpoints.opening import address_of

_BATCHES = 20
_PER_BATCH = 300
_BARE = """
import asyncio
class Bare(asyncio.Protocol):
    def __init__(self):
        self.line = b""
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.line += data
        while b"\\r" in self.line:
            word, _, self.line = self.line.partition(b"\\r")
            self.transport.write(word + b"\\r\\r\\nOK\\r\\n")
async def main():
    server = await asyncio.get_running_loop().create_server(Bare, "127.0.0.1", 0)
    print("socket://127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
_BINARY = bytes.fromhex("fffb00 fffd00")
"""IAC WILL BINARY, IAC DO BINARY: a client's first words."""


def main() -> None:
    """Measure all of them in turn, batch by batch."""
    simisp = [sys.executable, "-m", "simisp", "run", "login", "--quiet", "--endpoint"]
    commands = {kind: [*simisp, kind] for kind in ("pty", "tcp", "unix", "telnet", "rfc2217")}
    commands["bare TCP"] = [sys.executable, "-c", _BARE]
    started = {name: _start(command) for name, command in commands.items()}
    times: dict[str, list[float]] = {name: [] for name in commands}
    try:
        for _, port in started.values():
            _round_trips(port, 200)  # warm
        for _ in range(_BATCHES):
            for name, (_, port) in started.items():
                times[name] += _round_trips(port, _PER_BATCH)
    finally:
        for process, port in started.values():
            os.close(port)
            process.terminate()
            process.communicate()
    for name, values in times.items():
        p50, p99 = percentile(values, 50), percentile(values, 99)
        rate = len(values) / sum(values)
        show(f"AT to OK, {name}", f"p50 {p50 * 1e6:.0f} us, p99 {p99 * 1e6:.0f} us", f"{rate:.0f} a second")
    ratio = percentile(times["tcp"], 50) / percentile(times["bare TCP"], 50)
    show("  simisp to bare asyncio on TCP, p50", f"{ratio:.2f}")


def _start(command: list[str]) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    path = process.stdout.readline().strip()
    host, number = address_of(path)
    if not host and not path.startswith("unix:"):
        port = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        return process, port
    client = socket.socket(socket.AF_INET if host else socket.AF_UNIX)
    client.connect((host, int(number)) if host else path.removeprefix("unix:"))
    if host:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not path.startswith(("unix:", "socket:")):
        client.sendall(_BINARY)
    return process, client.detach()


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
