"""Every opening and every closing of the port counts, however many come at once."""

from __future__ import annotations

import os

from simisp.endpoints.base import PortClosed, PortOpened
from simisp.endpoints.pty import PtyEndpoint


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


def test_the_openings_of_another_port_are_none_of_ours() -> None:
    ours, other = PtyEndpoint(), PtyEndpoint()
    try:
        descriptor = os.open(other.path, os.O_RDWR | os.O_NOCTTY)
        os.close(descriptor)
        assert list(ours.receive()) == []
    finally:
        ours.close()
        other.close()
