"""Who holds a port."""

from __future__ import annotations

from simisp.facts.dial_up import PortState
from simisp.ras.port import MOST_CHANGES, Port, PortHolder

SERVICE = PortHolder(101, "mail service")
SCRIPT = PortHolder(102, "script ozemail.scp")
OTHER = PortHolder(103, "rasdial")


def test_a_port_has_one_owner_at_a_time() -> None:
    port = Port("COM1")
    assert port.open(SERVICE, now=0.0) is not None
    assert port.open(OTHER, now=1.0) is None
    assert port.owner == SERVICE


def test_the_owner_itself_can_not_open_it_twice() -> None:
    port = Port("COM1")
    port.open(SERVICE, now=0.0)
    assert port.open(SERVICE, now=1.0) is None


def test_a_port_is_closed_when_its_only_holder_lets_go() -> None:
    port = Port("COM1")
    port.open(SERVICE, now=0.0)
    port.leave(SERVICE, now=1.0)
    assert (port.state, port.owner, port.holders) == (PortState.CLOSED, None, ())
    assert port.open(OTHER, now=2.0) is not None


def test_a_script_left_behind_keeps_the_port_locked() -> None:
    port = Port("COM1")
    port.open(SERVICE, now=0.0)
    port.join(SCRIPT, now=1.0)
    port.leave(SERVICE, now=2.0)
    assert port.state is PortState.LOCKED
    assert port.owner is None
    assert port.open(OTHER, now=3.0) is None
    port.leave(SCRIPT, now=4.0)
    assert port.open(OTHER, now=5.0) is not None


def test_a_script_that_ends_in_time_changes_nothing_for_the_owner() -> None:
    port = Port("COM1")
    port.open(SERVICE, now=0.0)
    port.join(SCRIPT, now=1.0)
    port.enter(PortState.SCRIPT_RUNNING, now=1.0)
    port.leave(SCRIPT, now=2.0)
    assert (port.state, port.owner) == (PortState.SCRIPT_RUNNING, SERVICE)


def test_who_never_held_it_can_not_let_go() -> None:
    port = Port("COM1")
    port.open(SERVICE, now=0.0)
    assert port.leave(OTHER, now=1.0) is None
    assert port.holders == (SERVICE,)


def test_the_history_tells_state_owner_holders_and_time() -> None:
    port = Port("COM1")
    port.open(SERVICE, now=0.0)
    port.enter(PortState.DIALLING, now=1.5, why="5551234")
    port.leave(SERVICE, now=3.0)
    assert [(change.at, change.state, change.owner, change.why) for change in port.history] == [
        (0.0, PortState.OPENING, SERVICE, ""),
        (1.5, PortState.DIALLING, SERVICE, "5551234"),
        (3.0, PortState.CLOSED, None, "pid 101 (mail service) let go"),
    ]


def test_a_refused_opening_leaves_no_trace_in_the_history() -> None:
    port = Port("COM1")
    port.open(SERVICE, now=0.0)
    port.open(OTHER, now=1.0)
    assert len(port.history) == 1


def test_the_history_is_bounded() -> None:
    port = Port("COM1")
    for second in range(2 * MOST_CHANGES):
        port.enter(PortState.OPENING, now=float(second))
    assert len(port.history) == MOST_CHANGES
    assert port.history[-1].at == 2 * MOST_CHANGES - 1
