"""The programs that are dialled with in virtual time: what each is called with, and what it waits in.

Each logs in at an ISP that asks for the service, the user name and the password. The port has to be open to every user:
cu and uucico become the user uucp, also when root calls them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support import log_in_scripts as scripts
from support.c_programs import compiled
from support.private_namespace import in_private_namespace

__all__ = ["PROGRAMS", "Dial", "Program", "chat", "kermit", "runscript", "wvdial"]

Dial = Callable[[str, Path], tuple[list[str], bool]]
"""From the port and a folder to the command, and whether its standard input and output are the line."""


@dataclass(frozen=True)
class Program:
    """A program that dials.

    Attributes:
        name: As it stands in the table of docs/virtual-time.md.
        dial: How it is called.
        waits_in: Why the clock can carry it along, or what stands against it.
        needs: The real programs without which it can't be tried.
        version: The command that says its version, the program itself first; when it has only one word, its package
            is asked.
        limit: How long it waits by itself for an ISP that falls silent after the user name, in seconds.
        status: Its exit status then.
        is_private: Whether it has to run in a mount namespace of its own, for its locks or for /dev/ppp.
        is_carried: Whether it is expected to get as far as dialling; what has only real time just waits.
    """

    name: str
    dial: Dial
    waits_in: str = ""
    needs: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    limit: float = 20.0
    status: int = 3
    is_private: bool = False
    is_carried: bool = True


def _written(folder: Path, name: str, text: str) -> str:
    script = folder / name
    script.write_text(text)
    return str(script)


def chat(port: str, folder: Path) -> tuple[list[str], bool]:
    return ["chat", "-f", _written(folder, "login.chat", scripts.CHAT)], True


def runscript(port: str, folder: Path) -> tuple[list[str], bool]:
    return ["runscript", _written(folder, "login.minicom", scripts.MINICOM)], True


def kermit(port: str, folder: Path) -> tuple[list[str], bool]:
    return ["kermit", _written(folder, "login.ksc", scripts.KERMIT), "=", port], False


def _shell(script: str, *shell: str) -> Dial:
    def dial(port: str, folder: Path) -> tuple[list[str], bool]:
        return [*shell, _written(folder, "login.sh", script)], True

    return dial


def _python(code: str) -> Dial:
    def dial(port: str, folder: Path) -> tuple[list[str], bool]:
        return [sys.executable, _written(folder, "login.py", scripts.PYTHON_STEPS + code), port], False

    return dial


def _expect(start: str) -> Dial:
    """Expect, speaking to the port itself or to a program on a terminal that it makes."""

    def dial(port: str, folder: Path) -> tuple[list[str], bool]:
        return ["expect", _written(folder, "login.exp", start + scripts.EXPECT), port], False

    return dial


def _private(command: list[str], folder: Path) -> list[str]:
    locks = folder / "locks"
    locks.mkdir(exist_ok=True)
    locks.chmod(0o777)
    return in_private_namespace(command, locks=locks, scratch=folder)


def _minicom(port: str, folder: Path) -> tuple[list[str], bool]:
    login = _written(folder, "login.minicom", scripts.MINICOM_INSIDE)
    play = _written(folder, "minicom.exp", scripts.EXPECT_MINICOM)
    return _private(["expect", play, port, login], folder), False


def wvdial(settings: str) -> list[str]:
    """Return a command that dials with wvdial until it does not abort.

    It aborts by itself wherever its stack happens to lie badly, which the size of its environment decides.
    """
    again = 'for size in 1 6000 12000 18000 24000 30000 36000 42000 48000; do PADDING=$(printf "%*s" $size "") "$@"; '
    again += "status=$?; [ $status = 134 ] || exit $status; done"
    return ["sh", "-c", again, "sh", "setarch", "-R", "wvdial", "-C", settings]


def _wvdial(port: str, folder: Path) -> tuple[list[str], bool]:
    text = scripts.wvdial_settings(
        port, user="joe", password="secret", number="1", prompts=("name:", "word:"), reply="PPP", more="New PPPD = yes"
    )
    settings = _written(folder, "wvdial.conf", text)
    return _private(wvdial(settings), folder), False


def _uucico(port: str, folder: Path) -> tuple[list[str], bool]:
    for place in (folder, folder / "spool"):
        place.mkdir(exist_ok=True)
        place.chmod(0o777)
    login = r'"" \d\c Service? PPP\r\c name: \L\r\c word: \P\r\c starting \c'
    files = scripts.uucp_files(
        folder, port, user="joe", password="secret", number="1", chat=login, connect_within=60, within=20
    )
    for name, text in files.items():
        _written(folder, name, text)
    copy = folder / "uucico"
    shutil.copyfile(shutil.which("uucico") or "", copy)
    copy.chmod(0o755)
    return _private([str(copy), "-D", "-I", str(folder / "config"), "-r1", "-f", "-q", "-S", "isp"], folder), False


def _comgt(port: str, folder: Path) -> tuple[list[str], bool]:
    return ["comgt", "-d", port, "-s", _written(folder, "login.comgt", scripts.COMGT)], False


def _pppd(port: str, folder: Path) -> tuple[list[str], bool]:
    connect = f"chat -f {_written(folder, 'login.chat', scripts.CHAT)}"
    options = ["nodetach", "noauth", "local", "lock", "logfile", str(folder / "pppd.log"), "connect", connect]
    return _private(["pppd", port, "115200", *options], folder), False


def _script_run(port: str, folder: Path) -> tuple[list[str], bool]:
    script = _written(folder, "login.scp", scripts.SCP)
    command = [sys.executable, "-m", "simisp", "script", "run", script, "--port", port]
    return [*command, "--lock-dir", str(folder)], False


def _compiled(*options: str) -> Dial:
    def dial(port: str, folder: Path) -> tuple[list[str], bool]:
        return [str(compiled("unseen.c", folder, *options))], True

    return dial


def _set_user_id(port: str, folder: Path) -> tuple[list[str], bool]:
    program = folder / "set-user-id"
    shutil.copyfile(shutil.which("true") or "", program)
    os.chown(program, os.getuid() + 1, -1)
    program.chmod(0o4755)
    return [str(program)], True


PROGRAMS: tuple[Program, ...] = (
    Program("chat", chat, "its limit is an alarm during a read", ("chat",), ("chat",)),
    Program(
        "minicom's runscript", runscript, "an alarm each second during a read", ("runscript",),
        ("runscript", "--version"), status=1,
    ),
    Program("C-Kermit", kermit, "an alarm each second during a read", ("kermit",), ("kermit", "--version")),
    Program(
        "dash", _shell(scripts.DASH, "dash"), "it waits for timeout(1), whose limit is a POSIX timer",
        ("dash", "timeout"), ("dash",),
    ),
    Program(
        "bash", _shell(scripts.SHELL, "bash"), "`read -t` waits in select", ("bash",), ("bash", "--version")
    ),
    Program(
        "busybox sh", _shell(scripts.SHELL, "busybox", "sh"), "`read -t` waits in poll", ("busybox",), ("busybox",)
    ),
    Program(
        "Python with pyserial", _python(scripts.PYSERIAL), "it waits in select",
        version=(sys.executable, "-c", "import serial; print('pyserial', serial.__version__)"),
    ),
    Program("Python with select", _python(scripts.SELECT), "it waits in select", version=(sys.executable, "-V")),
    Program("Python with asyncio", _python(scripts.ASYNCIO), "it waits in epoll_wait", version=(sys.executable, "-V")),
    Program(
        "expect", _expect(scripts.EXPECT_OPENS), "Tcl's notifier waits in pthread_cond_timedwait",
        ("expect",), ("expect", "-v"),
    ),
    Program(
        "expect with cu", _expect(scripts.EXPECT_CU), "expect as above; cu's two processes wait in read",
        ("expect", "cu"), ("cu", "--version"),
    ),
    Program(
        "expect with picocom", _expect(scripts.EXPECT_PICOCOM), "expect as above; picocom waits in select",
        ("expect", "picocom"), ("picocom", "--help"),
    ),
    Program(
        "minicom on a terminal", _minicom,
        "expect is its user; minicom waits in select, its script for an alarm each second",
        ("minicom", "expect"), ("minicom", "--version"),
        limit=22.0, is_private=True,
    ),
    Program(
        "wvdial", _wvdial, "it waits in select", ("wvdial", "setarch"), ("wvdial", "--version"),
        limit=10.8, status=0, is_private=True,
    ),
    Program(
        "uucico, a copy of it", _uucico, "an alarm during a read; as installed it is set-user-ID, as is uuxqt, so -q",
        ("uucico",), ("uucico", "--version"), status=1, is_private=True,
    ),
    Program("comgt", _comgt, "it looks with select a hundred times a second", ("comgt",), ("comgt", "-V")),
    Program(
        "pppd with chat", _pppd, "it waits for its child, and chat as above", ("pppd", "chat"), ("pppd", "--version"),
        status=8, is_private=True,
    ),
    Program(
        "simisp script run", _script_run, "it waits in epoll_wait",
        version=(sys.executable, "-m", "simisp", "--version"),
    ),
    Program("a program linked statically", _compiled("-static"), needs=("cc",), is_carried=False),
    Program("a Go program", _compiled("-DRAW", "-DGO"), needs=("cc",), is_carried=False),
    Program("a set-user-ID program of another user", _set_user_id, is_private=True, is_carried=False),
)  # fmt: skip
"""Every program that the tests carry along, or find that they can't."""
