from __future__ import annotations

from simisp.scp import Options, State
from simisp.scp.outputs import Ended
from support.scp_player import Player


def test_a_string_is_found_in_the_midst_of_others() -> None:
    player = Player('waitfor "ogin:" transmit "x"').hears(b"Welcome!\r\nlogin: ")
    assert player.sent == b"x"


def test_nothing_is_sent_before_the_string_has_come() -> None:
    assert Player('waitfor "ogin:" transmit "x"').hears(b"login").sent == b""


def test_sequences_in_a_pattern_are_interpreted() -> None:
    assert Player('waitfor "<cr><lf>" transmit "x"').hears(b"a\r").hears(b"\n").sent == b"x"


def test_case_matters_only_with_matchcase() -> None:
    assert Player('waitfor "LOGIN:" transmit "x"').hears(b"login:").sent == b"x"
    assert Player('waitfor "LOGIN:", matchcase transmit "x"').hears(b"login:").sent == b""
    strict = Options(waitfor_matches_case=True)
    assert Player('waitfor "LOGIN:" transmit "x"', options=strict).hears(b"login:").sent == b""


def test_without_until_a_wait_has_no_end() -> None:
    script = Player('waitfor "x"').passes(1e9).script
    assert script.next_timer() is None
    assert str(script.waiting_for) == 'line 2: waitfor "x" (without limit)'


def test_until_is_total_and_not_since_the_last_octet() -> None:
    player = Player('waitfor "x" until 10').hears(b"y", at=9).passes(1)
    assert player.facts == [Ended()]


def test_what_comes_at_the_very_deadline_comes_too_late() -> None:
    text = 'waitfor "x" until 10\nif $SUCCESS then transmit "yes" endif\nwaitfor "x" transmit "next"'
    player = Player(text).hears(b"x", at=10)
    assert player.sent == b"next"


def test_success_tells_how_the_wait_ended() -> None:
    text = 'waitfor "x" until 5\nif $SUCCESS then transmit "yes" endif\nif $FAILURE then transmit "no" endif'
    assert Player(text).hears(b"x").sent == b"yes"
    assert Player(text).passes(5).sent == b"no"


def test_each_string_leads_to_its_label() -> None:
    text = 'waitfor "a" then A, "b" then B until 5\ntransmit "none" halt\nA: transmit "A" halt\nB: transmit "B" halt'
    assert Player(text).hears(b"xxb").sent == b"B"
    assert Player(text).hears(b"a").sent == b"A"
    assert Player(text).passes(5).sent == b"none"


def test_a_single_string_may_have_a_label() -> None:
    assert Player('waitfor "a" then A\nhalt\nA: transmit "x"').hears(b"a").sent == b"x"


def test_strings_and_limits_may_be_variables() -> None:
    text = 'proc main\nstring s = "ogin:"\ninteger n = 3\nwaitfor s until n * 2\ntransmit "x"\nendproc'
    assert Player(text).hears(b"login:").sent == b"x"
    assert Player(text).script.next_timer() == 6.0


def test_a_wait_consumes_through_the_end_of_its_string() -> None:
    player = Player('waitfor "a" waitfor "a" transmit "x"').hears(b"a")
    assert player.sent == b""
    assert player.hears(b"a").sent == b"x"


def test_two_prompts_in_one_go_serve_two_waits() -> None:
    player = Player('waitfor "ogin:" transmit "u" waitfor "word:" transmit "p"').hears(b"login: password: ")
    assert player.sent == b"up"


def test_what_comes_during_a_delay_is_there_for_the_next_wait() -> None:
    player = Player('delay 5\nwaitfor "ogin:" transmit "x"').hears(b"login: ", at=1).passes(4)
    assert player.sent == b"x"


def test_unread_input_can_be_discarded_instead() -> None:
    player = Player('delay 5\nwaitfor "ogin:" transmit "x"', options=Options(discard_unread_input=True))
    assert player.hears(b"login: ", at=1).passes(4).sent == b""
    assert player.hears(b"login: ").sent == b"x"


def test_discarding_does_not_take_what_comes_after_the_wait_began() -> None:
    options = Options(discard_unread_input=True)
    player = Player('waitfor "ogin:" transmit "u" waitfor "word:" transmit "p"', options=options)
    assert player.hears(b"login: password: ").sent == b"up"


def test_a_string_cut_by_the_end_of_a_wait_is_found_by_the_next() -> None:
    player = Player('waitfor "login:" until 5\nwaitfor "login:" transmit "x"').hears(b"please log").passes(5)
    assert player.hears(b"in: ").sent == b"x"


def test_what_a_timed_out_wait_has_looked_at_is_consumed() -> None:
    player = Player('waitfor "zzz" until 5\nwaitfor "login:" transmit "x"').hears(b"login: ").passes(5)
    assert player.sent == b""
    assert player.script.state is State.WAITING


def test_until_zero_looks_at_what_has_come_and_goes_on() -> None:
    text = 'delay 1\nwaitfor "x" until 0\nif $SUCCESS then transmit "yes" endif'
    assert Player(text).hears(b"x").passes(1).sent == b"yes"
    assert Player(text).passes(1).facts == [Ended()]
    assert Player('waitfor "x" until -3').facts == [Ended()]


def test_until_zero_can_mean_forever() -> None:
    options = Options(until_zero_waits_forever=True)
    assert Player('waitfor "x" until 0', options=options).script.next_timer() is None
    assert Player('waitfor "x" until 1', options=options).script.next_timer() == 1.0


def test_an_empty_string_has_come_at_once() -> None:
    assert Player('waitfor "" transmit "x"').sent == b"x"


def test_an_echo_counts_as_received() -> None:
    assert Player('transmit "p" waitfor "p" transmit "x"').hears(b"p").sent == b"px"
