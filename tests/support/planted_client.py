"""A client with one planted fault, which shows when the prompt for the name does not come: a program of its own.

Usage: planted_client.py FAULT PORT LOCKS PASSWORD
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import termios
import time
import tty
from pathlib import Path

PATIENCE = 30.0
FAULTS = (
    "none", "hang", "hour", "held", "orphan", "lock", "crash", "success", "astray", "storm", "spin",
)  # fmt: skip


def main(fault: str, path: str, locks: str, password: str) -> int:
    """Log in, and behave in the planted way if that fails; return the exit status."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(port, termios.TIOCEXCL)
    tty.setraw(port, termios.TCSANOW)
    lock = Path(locks) / f"LCK..{Path(path).name}"
    lock.write_text(f"{os.getpid():10d}\n")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(failed(lock)))
    patience = {"hang": None, "hour": 3600.0}.get(fault, PATIENCE)
    if not hears(port, b"Name:", patience):
        return misbehave(fault, port, lock, password)
    os.write(port, b"a\r")
    if not hears(port, b"Word:", PATIENCE):
        return failed(lock)
    os.write(port, password.encode() + b"\r")
    if not hears(port, b"Done", PATIENCE):
        return failed(lock)
    lock.unlink()
    return 0


def hears(port: int, text: bytes, seconds: float | None) -> bool:
    """Return whether a text comes in time."""
    until = None if seconds is None else time.monotonic() + seconds
    heard = b""
    while text not in heard:
        left = None if until is None else until - time.monotonic()
        if (left is not None and left <= 0) or not select.select([port], [], [], left)[0]:
            return False
        if not (came := os.read(port, 4096)):
            return False
        heard += came
    return True


def failed(lock: Path) -> int:
    """End in order; return the exit status of a failure."""
    lock.unlink(missing_ok=True)
    return 3


def misbehave(fault: str, port: int, lock: Path, password: str) -> int:
    """Do what is planted; return the exit status."""
    if fault == "lock":
        return 3
    lock.unlink()
    if fault in ("held", "orphan") and os.fork() == 0:
        if fault == "orphan":
            os.close(port)
        time.sleep(1000)
    elif fault == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif fault in ("astray", "storm"):
        for _ in range(12 if fault == "storm" else 1):
            os.write(port, password.encode() + b"\r")
            termios.tcdrain(port)
            time.sleep(1)
    while fault == "spin":
        pass
    return 0 if fault == "success" else 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
