"""Telnet's octets: data, commands and sub-options, cut anywhere, and whatever junk comes between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simisp.telnet.codes import BINARY, BREAK, DM, DO, DONT, IAC, NOP, SB, SE, WILL, WONT
from simisp.telnet.engine import TelnetCommand, TelnetData, TelnetEngine, TelnetOutput, TelnetSubOption

TELNET = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from([bytes((IAC, each)) for each in (IAC, NOP, BREAK, DM, SB, SE, WILL, WONT, DO, DONT)]),
        st.sampled_from([b"\r", b"\0", b"\n", bytes((IAC,))]),
    ),
    max_size=30,
).map(b"".join)


def joined(outputs: list[TelnetOutput]) -> list[TelnetOutput]:
    """Return outputs with neighbouring data in one piece."""
    result: list[TelnetOutput] = []
    for output in outputs:
        if isinstance(output, TelnetData) and result and isinstance(last := result[-1], TelnetData):
            result[-1] = TelnetData(last.data + output.data)
        else:
            result.append(output)
    return result


def binary() -> TelnetEngine:
    engine = TelnetEngine(ours={BINARY}, theirs={BINARY})
    engine.receive(bytes((IAC, WILL, BINARY, IAC, DO, BINARY)))
    return engine


@given(TELNET, st.data())
def test_cutting_what_arrives_at_other_places_changes_nothing(data: bytes, draw: st.DataObject) -> None:
    whole = TelnetEngine(ours={BINARY}, theirs={BINARY})
    cut = TelnetEngine(ours={BINARY}, theirs={BINARY})
    outputs: list[TelnetOutput] = []
    start = 0
    while start < len(data):
        end = draw.draw(st.integers(start + 1, len(data)))
        outputs += cut.receive(data[start:end])
        start = end
    assert joined(outputs) == joined(whole.receive(data))


@given(st.binary(max_size=200))
def test_data_comes_out_as_it_went_in_with_binary_and_without(data: bytes) -> None:
    for engine in (binary(), TelnetEngine()):
        received = engine.receive(engine.encode(data))
        assert b"".join(each.data for each in received if isinstance(each, TelnetData)) == data
        assert len(received) <= 1


def test_a_carriage_return_is_followed_by_nul_or_line_feed_where_data_is_not_binary() -> None:
    assert TelnetEngine().encode(b"\r\nOK\r\n\r") == b"\r\nOK\r\n\r\0"
    assert binary().encode(b"\rOK\r") == b"\rOK\r"


def test_a_command_stands_between_the_data_around_it() -> None:
    outputs = TelnetEngine().receive(b"A" + bytes((IAC, BREAK)) + b"T" + bytes((IAC, NOP)))
    assert outputs == [TelnetData(b"A"), TelnetCommand(BREAK), TelnetData(b"T"), TelnetCommand(NOP)]


def test_an_octet_of_255_in_a_sub_option_travels_twice() -> None:
    travelling = TelnetEngine.sub_option(44, b"\x01\xff\xf0")
    assert travelling == bytes((IAC, SB, 44, 1, IAC, IAC, 0xF0, IAC, SE))
    assert TelnetEngine().receive(travelling) == [TelnetSubOption(44, b"\x01\xff\xf0")]


def test_a_sub_option_that_is_too_long_is_dropped_and_fills_no_memory() -> None:
    engine = TelnetEngine()
    engine.receive(bytes((IAC, SB, 24)))
    for _ in range(1000):
        assert engine.receive(b"x" * 1000) == []
    assert engine.receive(bytes((IAC, SE)) + b"AT") == [TelnetData(b"AT")]
    assert engine.receive(TelnetEngine.sub_option(24, b"\0VT100")) == [TelnetSubOption(24, b"\0VT100")]


def test_a_sub_option_that_is_never_ended_ends_with_the_next_command() -> None:
    outputs = TelnetEngine().receive(bytes((IAC, SB, 24)) + b"abc" + bytes((IAC, BREAK)) + b"AT")
    assert outputs == [TelnetCommand(BREAK), TelnetData(b"AT")]


def test_a_sub_option_of_nothing_is_nothing() -> None:
    assert TelnetEngine().receive(bytes((IAC, SB, IAC, SE)) + b"x") == [TelnetData(b"x")]


@given(st.binary(max_size=300))
def test_no_junk_raises_and_what_is_answered_is_no_longer_than_what_came(data: bytes) -> None:
    outputs = TelnetEngine(ours=range(10), theirs=range(10)).receive(data)
    assert sum(len(each) for each in outputs if isinstance(each, bytes)) <= len(data)
