"""Ports by their identity, and who has them open."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
from pathlib import Path

import pytest

from simisp.errors import EndpointError
from simisp.locks import Descriptor, PortDevice, descriptors_on
from support.started_processes import Processes, Terminal, run_unprivileged


def test_a_symlink_and_the_node_are_one_device(pty: Terminal, tmp_path: Path) -> None:
    link = tmp_path / "modem0"
    link.symlink_to(pty.path)
    assert PortDevice.at(str(link)) == PortDevice.at(pty.path)
    assert PortDevice.at(pty.path).number == os.fstat(pty.slave).st_rdev


def test_a_missing_port_is_an_error_with_its_path(tmp_path: Path) -> None:
    path = str(tmp_path / "gone")
    with pytest.raises(EndpointError, match="no such file") as caught:
        PortDevice.at(path)
    assert caught.value.path == path
    assert PortDevice.find(path) is None


def test_a_regular_file_is_no_port(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="not a port"):
        PortDevice.at(str(tmp_path))


def test_the_same_number_in_another_instance_of_devpts_is_another_pty(pty: Terminal) -> None:
    device = PortDevice.at(pty.path)
    other = PortDevice(device.path, device.number, device.filesystem + 1, device.inode)
    node = os.fstat(pty.slave)
    assert device.is_node(node)
    assert not other.is_node(node)


def test_a_serial_port_is_the_same_in_every_dev() -> None:
    null = Path("/dev/null").stat()
    assert PortDevice("/dev/elsewhere", null.st_rdev, null.st_dev + 1, 1).is_node(null)
    assert not PortDevice("/dev/null", null.st_rdev + 1, null.st_dev, null.st_ino).is_node(null)
    assert stat.S_ISCHR(null.st_mode)


def test_descriptors_are_found_with_their_access(pty: Terminal) -> None:
    reading = os.open(pty.path, os.O_RDONLY | os.O_NOCTTY)
    writing = os.open(pty.path, os.O_WRONLY | os.O_NOCTTY)
    try:
        assert descriptors_on(os.getpid(), PortDevice.at(pty.path)) == tuple(
            sorted(
                [Descriptor(pty.slave, "read and write"), Descriptor(reading, "read"), Descriptor(writing, "write")],
                key=lambda each: each.number,
            )
        )
    finally:
        os.close(reading)
        os.close(writing)


def test_a_flock_is_seen_at_its_descriptor(pty: Terminal) -> None:
    fcntl.flock(pty.slave, fcntl.LOCK_EX)
    assert descriptors_on(os.getpid(), PortDevice.at(pty.path))[0].flock == "exclusive"
    fcntl.flock(pty.slave, fcntl.LOCK_SH)
    assert descriptors_on(os.getpid(), PortDevice.at(pty.path))[0].flock == "shared"


def test_the_master_is_no_descriptor_on_the_port(pty: Terminal) -> None:
    numbers = [each.number for each in descriptors_on(os.getpid(), PortDevice.at(pty.path))]
    assert pty.master not in numbers


def test_a_port_opened_as_dev_tty_counts_for_the_terminal_behind_it(pty: Terminal, processes: Processes) -> None:
    child = processes.python(
        "import fcntl, os, signal, sys, termios\n"
        "os.setsid()\n"
        "port = os.open(sys.argv[1], os.O_RDWR)\n"
        "fcntl.ioctl(port, termios.TIOCSCTTY, 0)\n"
        "os.dup2(os.open('/dev/tty', os.O_RDWR), port)\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n",
        pty.path,
        process_group=None,
    )
    assert len(descriptors_on(child.pid, PortDevice.at(pty.path))) == 2


def test_a_process_that_is_gone_has_no_descriptors(pty: Terminal, processes: Processes) -> None:
    child = processes.start(["true"])
    child.wait()
    assert descriptors_on(child.pid, PortDevice.at(pty.path)) == ()


def test_descriptors_of_another_user_are_refused(pty: Terminal) -> None:
    program = (
        "from simisp.locks import PortDevice, descriptors_on\n"
        "try: descriptors_on(1, PortDevice.at(sys.argv[1]))\n"
        "except PermissionError: print('refused')\n"
    )
    assert run_unprivileged(program, pty.path) == "refused"


def test_a_pipe_a_socket_and_a_file_are_no_ports(pty: Terminal, processes: Processes) -> None:
    program = "import os, socket; s = socket.socket(); os.pipe(); print('ready', flush=True); input()"
    child = processes.python(program, stdin=subprocess.PIPE)
    assert descriptors_on(child.pid, PortDevice.at(pty.path)) == ()
