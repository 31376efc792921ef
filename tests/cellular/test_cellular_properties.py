"""Whatever a DTE sends at whatever time: a cellular modem does not raise or grow, and cutting changes nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cellular.cellular_play import CellularPlay
from simisp.cellular.messaging.service import IncomingMessage, MessagingConfig
from simisp.cellular.rows import CELLULAR_TABLE
from simisp.cellular.sim import SimConfig
from simisp.cellular.state import CellularChange, CellularConfig, Coverage, Domain, DomainConfig

TIMES = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 7.5, 20.0, 1000.0])
VALUES = st.sampled_from(
    [
        *("", "0", "1", "2", "3", "4", "5", "7", "16", "99", "176", "192", "255", "12258", "28589", "999999999999"),
        *('"SC"', '"IP"', '"IPV4V6"', '"internet"', '"1234"', "1234", '"00101"', '"*100#"', '"UCS2"', '"0041"', '"'),
        *('"PPP"', '"SM"', '"ME"', '"+31612345678"', '"0020000100"', '"26/01/01,00:00:00+04"', "A", '"é"', "-1", "1,1"),
    ]
)
COMMANDS = st.builds(
    lambda name, form, values: name + form + (",".join(values) if form == "=" else ""),
    st.sampled_from([*CELLULAR_TABLE, "D*99#", "D*99***1#", "D5551234;", "H", "O", "Z", "&F", "A"]),
    st.sampled_from(["", "?", "=?", "=", "=", "="]),
    st.lists(VALUES, max_size=6),
)
LINES = st.lists(COMMANDS, min_size=1, max_size=3).map(lambda commands: f"AT{';'.join(commands)}\r".encode("latin-1"))
OCTETS = LINES | st.binary(max_size=12) | st.sampled_from([b"\x1a", b"\x1b", b"+++", b"A/", b"at\r\n"])
CHANGES = st.lists(
    st.builds(
        CellularChange,
        TIMES,
        st.none() | st.sampled_from(Coverage),
        st.none() | st.sampled_from(Domain),
        st.none() | st.integers(0, 31),
        st.none() | st.booleans(),
        st.none() | st.integers(-48, 56),
        st.none() | st.just("hello"),
    ),
    max_size=4,
)
CONFIGS = st.builds(
    CellularConfig,
    sim=st.builds(SimConfig, is_locked=st.booleans(), is_present=st.booleans(), busy_for=TIMES),
    coverage=st.sampled_from(Coverage),
    registers_after=TIMES,
    domains=st.dictionaries(st.sampled_from(Domain), st.builds(DomainConfig, st.sampled_from(Coverage), TIMES)),
    apn=st.none() | st.just("internet"),
    powers_up_in=TIMES,
    starts_in=TIMES,
    dials_unregistered=st.booleans(),
    messaging=st.builds(
        MessagingConfig,
        incoming=st.lists(st.builds(IncomingMessage, st.just("+316"), st.just("Hi"), TIMES), max_size=2),
    ),
    services=st.just({"*100#": "Your credit is 5"}),
    changes=CHANGES,
)
PLAYS = st.lists(st.tuples(OCTETS, TIMES), max_size=8)


def played(config: CellularConfig, steps: list[tuple[bytes, float]], *, by_octet: bool) -> tuple[bytes, CellularPlay]:
    modem, got = CellularPlay(config), b""
    for octets, seconds in steps:
        for index in range(len(octets)) if by_octet else ():
            got += modem.types(octets[index : index + 1])
        if not by_octet:
            got += modem.types(octets)
        got += modem.waits(seconds)
    return got, modem


@given(CONFIGS, PLAYS)
@settings(max_examples=60, deadline=None)
def test_nothing_raises_and_cutting_changes_nothing(config: CellularConfig, steps: list[tuple[bytes, float]]) -> None:
    whole, first = played(config, steps, by_octet=False)
    cut, _ = played(config, steps, by_octet=True)
    assert whole == cut
    cellular = first.cellular
    assert len(cellular.contexts) <= 16
    assert len(cellular._pending) <= 32
    assert len(cellular._calls) <= 1
    assert set(cellular.active) <= set(cellular.contexts)
    assert cellular.has_packet_service or not cellular.active


@given(CONFIGS, PLAYS)
@settings(max_examples=40, deadline=None)
def test_a_timer_is_never_due_twice(config: CellularConfig, steps: list[tuple[bytes, float]]) -> None:
    _, modem = played(config, steps, by_octet=False)
    due = modem.subsystem.next_timer()
    if due is not None:
        modem.modem.handle_timer(now=max(due, modem.now))
        after = modem.subsystem.next_timer()
        assert after is None or after > max(due, modem.now)
