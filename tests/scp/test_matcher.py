from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.scp.environment import SecretText
from simisp.scp.matcher import SEEN, Matcher, SoughtString, StringSet, string_set
from simisp.scp.patterns import Strings


def found(stream: bytes, *strings: bytes | SoughtString) -> tuple[int | None, int | None]:
    """Return which string is found in a stream, and after how many octets."""
    sought = tuple(each if isinstance(each, SoughtString) else SoughtString(each) for each in strings)
    matcher = Matcher(string_set(sought))
    end = matcher.feed(stream)
    return matcher.found, end


def test_a_string_is_found_anywhere() -> None:
    assert found(b"Welcome. login: ", b"ogin:") == (0, 15)


def test_case_does_not_matter_unless_asked_for() -> None:
    assert found(b"LOGIN:", b"ogin:") == (0, 6)
    assert found(b"LOGIN: login:", SoughtString(b"ogin:", matchcase=True)) == (0, 13)


def test_the_string_that_ends_first_is_found_even_if_it_begins_later() -> None:
    assert found(b"abcdef", b"abcde", b"bcd") == (1, 4)


def test_of_two_that_end_together_the_one_listed_first_is_found() -> None:
    assert found(b"login:", b"ogin:", b"login:") == (0, 6)
    assert found(b"login:", b"login:", b"ogin:") == (0, 6)


def test_a_string_in_the_wrong_case_gives_way_to_another_that_ends_there() -> None:
    strict = SoughtString(b"Login:", matchcase=True)
    assert found(b"login:", strict, b"gin:") == (1, 6)


def test_the_first_of_several_is_found_in_short_and_in_long_octets() -> None:
    strings = (b"NO CARRIER", b"connect", b"BUSY")
    for before in (b"\r\n", b"no carriage, bus or con" * 20):
        assert found(before + b"Busy\r\nNo Carrier", *strings) == (2, len(before) + 4)
        assert found(before + b"NO ANSWER", *strings) == (None, None)


def test_of_the_same_string_twice_the_first_is_found() -> None:
    assert found(b"busy", b"carrier", b"busy", b"BUSY") == (1, 4)


def test_the_failed_beginning_of_one_match_can_begin_another() -> None:
    assert found(b"aaab", b"aab") == (0, 4)
    assert found(b"user username:", b"username:") == (0, 14)


def test_an_empty_string_is_found_at_once() -> None:
    assert found(b"abc", b"abc", b"") == (1, 0)


def test_a_cut_within_a_case_sensitive_string_does_not_hide_it() -> None:
    matcher = Matcher(StringSet((SoughtString(b"Login:", matchcase=True),)))
    assert matcher.feed(b"xxLog") is None
    assert matcher.feed(b"in: ") == 3


def test_the_tail_is_what_may_still_begin_a_string() -> None:
    matcher = Matcher(StringSet((SoughtString(b"login:"),)))
    matcher.feed(b"please log")
    assert matcher.tail == b"e log"


def test_a_single_octet_leaves_no_tail() -> None:
    matcher = Matcher(StringSet((SoughtString(b":"),)))
    matcher.feed(b"login")
    assert matcher.tail == b""


def test_short_sets_are_shared_and_long_ones_are_not_kept() -> None:
    short, long = (SoughtString(b"ogin:"),), (SoughtString(b"x" * 2000),)
    assert string_set(short) is string_set(short)
    assert string_set(long) is not string_set(long)


def plainly_found(stream: bytes, strings: Sequence[SoughtString]) -> tuple[int, int] | None:
    """Try every octet as the end of every string; return where the first ends, and which it is."""
    for end in range(len(stream) + 1):
        for index, string in enumerate(strings):
            came, sought = stream[max(0, end - len(string.octets)) : end], string.octets
            if came == sought if string.matchcase else came.lower() == sought.lower():
                return end, index
    return None


@settings(max_examples=150)
@given(
    st.lists(
        st.builds(SoughtString, st.text("abAB", max_size=4).map(str.encode), st.booleans()), min_size=1, max_size=24
    ),
    st.lists(st.text("abAB.", max_size=9).map(str.encode), max_size=6),
)
def test_a_plain_search_finds_the_same_however_the_stream_is_cut(
    strings: Sequence[SoughtString], pieces: Sequence[bytes]
) -> None:
    stream, longest = b"".join(pieces), max(len(string.octets) for string in strings)
    matcher, fed, ended = Matcher(string_set(tuple(strings))), 0, None
    for piece in pieces:
        if (taken := matcher.feed(piece)) is not None:
            ended = fed + taken
            break
        fed += len(piece)
    expected = plainly_found(stream, strings) if pieces else None
    assert (None if ended is None else (ended, matcher.found)) == expected
    assert matcher.seen == stream[:ended]
    if ended is None:
        assert matcher.tail == stream[max(0, len(stream) - longest + 1) :]


def test_what_a_matcher_has_seen_is_bounded_but_never_cuts_a_string() -> None:
    sought = b"ab" * SEEN
    matcher = Matcher(StringSet((SoughtString(b"x"),)))
    matcher.feed(b"." * (SEEN + 5))
    assert len(matcher.seen) == SEEN
    long = Matcher(StringSet((SoughtString(sought),)))
    assert long.feed(b"..." + sought[:-1]) is None
    assert len(long.seen) == len(sought) - 1
    assert long.feed(sought[-1:]) == 1


def test_no_pattern_is_made_of_a_secret_since_python_would_keep_it() -> None:
    plain, secret = Strings(["busy", "alice"], [False, False]), Strings(["busy", SecretText("alice")], [False, False])
    assert plain.read(0).pattern is not None
    assert secret.read(0).pattern is None
