"""Every opening and every closing of the port counts, however many come at once."""

from __future__ import annotations

import os
from pathlib import Path

from simisp.endpoints.base import PortClosed, PortOpened
from simisp.endpoints.pty import PtyEndpoint
from simisp.procfs.open_files import open_descriptors


def opened(port: PtyEndpoint) -> int:
    return os.open(port.path, os.O_RDWR | os.O_NOCTTY)


def test_openings_at_once_and_closings_at_once_are_all_counted() -> None:
    port = PtyEndpoint()
    try:
        descriptors = [os.open(port.path, os.O_RDWR | os.O_NOCTTY) for _ in range(5)]
        assert [event for event in port.receive() if isinstance(event, PortOpened)] == [
            PortOpened(number) for number in (1, 2, 3, 4, 5)
        ]
        for descriptor in descriptors:
            os.close(descriptor)
        assert list(port.receive()) == [PortClosed(number) for number in (4, 3, 2, 1, 0)]
    finally:
        port.close()


def test_a_duplicate_descriptor_is_no_opening_and_keeps_the_port_open() -> None:
    port = PtyEndpoint()
    try:
        first = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
        second = os.dup(first)
        os.close(first)
        assert list(port.receive()) == [PortOpened(1)]
        os.close(second)
        assert list(port.receive()) == [PortClosed(0)]
    finally:
        port.close()


def test_after_more_openings_than_the_kernel_keeps_events_for_it_is_known_who_has_the_port_open() -> None:
    port = PtyEndpoint()
    try:
        for _ in range(6000):
            os.close(opened(port))
        stays = opened(port)
        events = list(port.receive())
        assert len(events) < 2 * 6000, "the kernel keeps more events than before: open the port more often"
        assert port.openings == 1
        another = os.dup(stays)
        os.close(opened(port))
        list(port.receive())
        assert port.openings == 2  # descriptors are counted now
        for descriptor in (stays, another):
            os.close(descriptor)
        assert list(port.receive()) == [PortClosed(0)]
        os.close(opened(port))
        assert list(port.receive()) == [PortOpened(1), PortClosed(0)]
    finally:
        port.close()


def test_when_events_are_lost_after_the_last_closing_the_port_is_free() -> None:
    port = PtyEndpoint()
    try:
        for _ in range(6000):
            os.close(opened(port))
        events = list(port.receive())
        assert events[-1] == PortClosed(0)
        assert port.openings == 0
    finally:
        port.close()


def test_events_are_lost_and_somebody_had_the_port_open_before_and_after() -> None:
    port = PtyEndpoint()
    try:
        held = opened(port)
        for _ in range(6000):
            os.close(opened(port))
        list(port.receive())
        assert port.openings == 1
        os.close(held)
        assert list(port.receive()) == [PortClosed(0)]
    finally:
        port.close()


def test_descriptors_are_counted_where_they_can_be_seen(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (tmp_path / "file").open() as first, (tmp_path / "file").open():
        assert open_descriptors(str(tmp_path / "file"), without=-1) == 2
        assert open_descriptors(str(tmp_path / "file"), without=first.fileno()) == 1
        # Between the look at a folder and the look into it a process may end, and a descriptor may be closed.
        processes = tmp_path / "proc"
        (processes / "1" / "fd").mkdir(parents=True)
        (processes / "1" / "fd" / "0").symlink_to(tmp_path / "file")
        (processes / "1" / "fd" / "1").touch()
        (processes / "2").mkdir()
        (processes / "self" / "fd").mkdir(parents=True)
        assert open_descriptors(str(tmp_path / "file"), without=-1, proc=processes) == 1


def test_the_openings_of_another_port_are_none_of_ours() -> None:
    ours, other = PtyEndpoint(), PtyEndpoint()
    try:
        descriptor = os.open(other.path, os.O_RDWR | os.O_NOCTTY)
        os.close(descriptor)
        assert list(ours.receive()) == []
    finally:
        ours.close()
        other.close()
