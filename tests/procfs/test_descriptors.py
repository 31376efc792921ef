"""Who has a port open, in every table of open files that a process can have."""

from __future__ import annotations

import os

import pytest

from simisp.locks import Descriptor, PortDevice, descriptors_on
from support.started_processes import Processes, Terminal


def on_port(pid: int, pty: Terminal) -> tuple[Descriptor, ...]:
    return descriptors_on(pid, PortDevice.at(pty.path))


def test_a_terminal_opened_as_dev_tty_is_found_after_its_process_has_left_the_terminal(
    pty: Terminal, processes: Processes
) -> None:
    child = processes.python(
        "import fcntl, os, signal, sys, termios\n"
        "os.setsid()\n"
        "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        "fcntl.ioctl(port, termios.TIOCSCTTY, 0)\n"
        "os.dup2(os.open('/dev/tty', os.O_RDWR), 9)\n"
        "os.closerange(port, 9)\n"
        "if os.fork(): signal.pause()\n"
        "os.setsid()\n"  # no controlling terminal any more, and the descriptor stays
        "print('ready', flush=True)\n"
        "signal.pause()\n",
        pty.path,
        process_group=None,
    )
    members = [member.pid for member in processes.family(child).look()]
    assert [[each.number for each in on_port(pid, pty)] for pid in members] == [[9], [9]]


def test_dev_tty_of_another_terminal_does_not_count(pty: Terminal, processes: Processes) -> None:
    child = processes.python(
        "import fcntl, os, pty, signal, sys, termios\n"
        "os.setsid()\n"
        "master, slave = os.openpty()\n"
        "fcntl.ioctl(slave, termios.TIOCSCTTY, 0)\n"
        "tty = os.open('/dev/tty', os.O_RDWR)\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n",
        process_group=None,
    )
    assert on_port(child.pid, pty) == ()


def test_a_descriptor_that_only_names_the_port_holds_nothing(pty: Terminal, processes: Processes) -> None:
    child = processes.python(
        "import os, signal, sys\nport = os.open(sys.argv[1], os.O_PATH)\nprint('ready', flush=True)\nsignal.pause()\n",
        pty.path,
    )
    assert on_port(child.pid, pty) == ()


def test_a_thread_with_a_table_of_its_own_is_found(pty: Terminal, processes: Processes) -> None:
    child = processes.python(
        "import ctypes, os, signal, sys, threading\n"
        "def hold():\n"
        "    assert ctypes.CDLL(None).unshare(0x400) == 0\n"  # CLONE_FILES
        "    os.dup2(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), 11)\n"
        "    print('ready', flush=True)\n"
        "    threading.Event().wait()\n"
        "threading.Thread(target=hold, daemon=True).start()\n"
        "signal.pause()\n",
        pty.path,
    )
    found = on_port(child.pid, pty)
    assert found[-1].number == 11
    assert all(each.table.startswith("in the table of its thread ") for each in found)


def test_the_threads_of_one_table_count_once(pty: Terminal, processes: Processes) -> None:
    child = processes.python(
        "import os, signal, sys, threading\n"
        "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        "for _ in range(3): threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n",
        pty.path,
    )
    assert [each.table for each in on_port(child.pid, pty)] == [""]


def test_what_is_open_stays_found_when_the_first_thread_has_ended(pty: Terminal, processes: Processes) -> None:
    child = processes.python(
        "import ctypes, os, sys, threading, time\n"
        "port = os.dup2(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), 7)\n"
        "def tell():\n"
        "    while open(f'/proc/{os.getpid()}/stat').read().rpartition(')')[2].split()[0] != 'Z': time.sleep(0.001)\n"
        "    print('ready', flush=True)\n"
        "    threading.Event().wait()\n"
        "threading.Thread(target=tell).start()\n"
        f"ctypes.CDLL(None).syscall({60 if os.uname().machine == 'x86_64' else 93}, 0)\n",  # exit of one thread
        pty.path,
    )
    assert 7 in [each.number for each in on_port(child.pid, pty)]


def test_a_port_in_the_files_of_an_io_uring_is_found(pty: Terminal, processes: Processes) -> None:
    program = (
        "import ctypes, os, signal, sys\n"
        "libc = ctypes.CDLL(None)\n"
        "ring = libc.syscall(425, 4, (ctypes.c_ubyte * 120)())\n"
        "assert ring >= 0 or print('ready', flush=True)\n"
        "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        "assert libc.syscall(427, ring, 2, (ctypes.c_int * 1)(port), 1) == 0\n"
        "os.close(port)\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    child = processes.python(program, pty.path)
    if child.poll() is not None:
        pytest.skip("this kernel has no io_uring")
    assert [each.table for each in on_port(child.pid, pty)] == ["file 0 of its io_uring"]
