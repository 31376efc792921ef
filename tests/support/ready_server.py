"""Forked by ready_simisp.py, whose program it is: imports all of simisp once, and becomes it in each child."""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import os
import pickle
import pkgutil
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

_WORD = 4
_LONGEST = 1 << 20
_DESCRIPTORS = 4
"""Standard input, output and error, and the socket for pid and status."""
_NOT_IMPORTED = ("simisp.testing", "simisp.pytest_plugin")
"""What the command line has no use for, and what brings other packages with it."""


def prepare() -> None:
    """Import what any command imports, as the command line does it."""
    from simisp.startup import spare_start

    spare_start()
    import simisp

    for module in pkgutil.walk_packages(simisp.__path__, "simisp."):
        if not module.name.startswith(_NOT_IMPORTED) and not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # what an optional package is missing for
                importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def serve(requests: socket.socket) -> None:
    """Fork a process for each request. This returns in such a process only."""
    while True:
        data, descriptors, _, _ = socket.recv_fds(requests, _LONGEST, _DESCRIPTORS)
        if not data:
            os._exit(0)
        if os.fork() == 0:
            break
        for number in descriptors:
            os.close(number)
        os.wait()  # it has gone as soon as its child is there
    requests.close()
    *streams, status = descriptors
    if os.fork() != 0:
        os._exit(0)
    _become_a_child(pickle.loads(data), streams, socket.socket(fileno=status))


def _become_a_child(request: dict[str, object], streams: list[int], status: socket.socket) -> None:
    """Fork once more, for the process that waits for the other; this returns in the other only."""
    pid = os.fork()
    if pid:
        for number in (0, 1, 2, *streams):
            os.close(number)
        status.send(pid.to_bytes(_WORD))
        _, ended = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            status.send(ended.to_bytes(_WORD))
        os._exit(0)
    status.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    if request["new session"]:
        os.setsid()
    if request["new group"]:
        os.setpgid(0, 0)
    if request["name"]:
        Path("/proc/self/comm").write_text(str(request["name"]))
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    environment = request["environment"]
    assert isinstance(environment, dict)
    os.environ.update(environment)
    sys.stdin = _stream(0, "r")
    sys.stdout = _stream(1, "w")
    sys.stderr = _stream(2, "w", errors="backslashreplace")
    arguments = request["arguments"]
    assert isinstance(arguments, tuple)
    sys.argv[1:] = arguments


def _stream(number: int, mode: str, errors: str = "strict") -> io.TextIOWrapper:
    """Return a standard stream as Python makes it."""
    opened = os.fdopen(number, f"{mode}b", closefd=False)
    by_line = number == 2 or opened.isatty()
    return io.TextIOWrapper(opened, encoding="utf-8", errors=errors, line_buffering=by_line)


def exit_status(program: Callable[[], None]) -> int:
    """Return the exit status that Python gives a program."""
    try:
        program()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 - whatever it is, Python prints it
        traceback.print_exc()
        return 1
    return 0


def end(status: int) -> NoReturn:
    """End as Python does, except that nothing is given back: taking all of simisp apart is most of a short command."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        status = 120
    os._exit(status & 0xFF)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    prepare()
    serve(socket.socket(fileno=int(sys.argv[1])))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as a new process has it; the next import changes it
    from simisp.__main__ import main

    end(exit_status(main))
