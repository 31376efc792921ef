"""What is found of a client by a look at the machine: which processes have the port, and what they have locked."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from pathlib import Path

from simisp.endpoints.pty import PtyEndpoint
from simisp.facts.port import PortClosedBy, PortExclusive, PortOpenedBy
from simisp.locks.terminal import clear_exclusive, set_exclusive
from simisp.runner.witness import Witness


def holder_of(path: str) -> subprocess.Popen[bytes]:
    """Return a process that has the port open."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        return subprocess.Popen(["sleep", "600"], stdin=port, process_group=0)
    finally:
        os.close(port)


def test_it_is_said_which_process_opened_the_port_and_which_one_has_closed_it_before_another(tmp_path: Path) -> None:
    with closing(PtyEndpoint(tmp_path / "modem")) as port:
        witness = Witness(port)
        first, second = holder_of(port.path), None
        try:
            assert list(witness.opened(1)) == [PortOpenedBy(first.pid, "sleep")]
            second = holder_of(port.path)
            assert list(witness.opened(2)) == [PortOpenedBy(second.pid, "sleep")]
            first.kill()
            first.wait()
            assert list(witness.closed(1)) == [PortClosedBy(first.pid, "sleep")]
            second.kill()
            second.wait()
            assert list(witness.closed(0)) == []
        finally:
            for process in filter(None, (first, second)):
                process.kill()
                process.wait()


def test_exclusive_use_is_reported_once_and_so_is_its_end(tmp_path: Path) -> None:
    with closing(PtyEndpoint(tmp_path / "modem")) as port:
        witness = Witness(port)
        assert list(witness.changed()) == []
        set_exclusive(port.slave)
        assert list(witness.began()) == [PortExclusive(True)]
        assert list(witness.changed()) == []
        clear_exclusive(port.slave)
        assert list(witness.closed(0)) == [PortExclusive(False)]
        set_exclusive(port.slave)
        assert list(witness.opened(1)) == [PortExclusive(True)]
