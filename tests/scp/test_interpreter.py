from __future__ import annotations

import pytest

from simisp.circuits import Circuit
from simisp.diagnostics import Place
from simisp.facts.dial_up import AddressNotFound
from simisp.framing import Framing, Parity
from simisp.machine import SendData
from simisp.scp import Interpreter, Options, State, compile_script
from simisp.scp.interpreter import BURST, MAX_UNREAD, PAUSE
from simisp.scp.outputs import (
    CarrierLost,
    Ended,
    Failed,
    Halted,
    SetIpAddress,
    SetPort,
    SetScreenKeyboard,
    Spinning,
    Traced,
)
from simisp.scp.syntax import PortSetting
from support.narrowed import known, narrowed
from support.scp_player import Player

# Beginning and end


def test_a_script_does_nothing_before_it_is_started() -> None:
    script = Interpreter(compile_script("proc main\nendproc"))
    script.handle_timer(now=5.0)
    script.set_circuit(Circuit.DCD, False, now=5.0)
    assert script.state is State.READY
    assert script.next_timer() is None
    assert script.waiting_for is None
    assert script.take_outputs() == []


def test_a_script_is_started_once() -> None:
    script = Player("").script
    with pytest.raises(ValueError, match="once"):
        script.start(now=1.0)


def test_endproc_ends_the_script() -> None:
    player = Player("")
    assert player.outputs == [Ended()]
    assert player.script.state is State.ENDED
    assert player.script.waiting_for is None
    assert player.script.next_timer() is None


def test_what_comes_after_the_end_is_kept_for_ppp() -> None:
    player = Player('waitfor "ok"').hears(b"ok\r\n\x7e\xff")
    assert player.script.unread == b"\r\n\x7e\xff"
    player.hears(b"\x7d")
    assert player.script.unread == b"\r\n\x7e\xff\x7d"


def test_halt_stops_and_waits_for_the_user() -> None:
    player = Player('halt transmit "never"')
    assert player.outputs == [Halted(Place(2, 1, 4))]
    assert player.script.state is State.HALTED
    assert player.script.state.is_final
    assert str(player.script.waiting_for) == "line 2: halt (without limit)"


def test_loss_of_carrier_ends_the_script() -> None:
    player = Player('delay 1\nwaitfor "x"').passes(2).loses_carrier()
    assert player.facts == [CarrierLost(Place(3, 1, 7))]
    assert player.script.state is State.CARRIER_LOST
    assert player.script.next_timer() is None


def test_loss_of_carrier_ends_a_halted_script_too_but_no_ended_one() -> None:
    assert Player("halt").loses_carrier().outputs[-1] == CarrierLost(Place(2, 1, 4))
    assert Player("").loses_carrier().outputs == [Ended()]


def test_other_circuits_do_not_matter() -> None:
    player = Player('waitfor "x"')
    player.script.set_circuit(Circuit.DCD, True, now=1.0)
    player.script.set_circuit(Circuit.CTS, False, now=1.0)
    assert player.script.state is State.WAITING


# transmit


def test_transmit_interprets_sequences() -> None:
    assert Player(r'transmit "a^M<lf>\"\^M"').sent == b'a\r\n"^M'


def test_transmit_raw_sends_what_is_written() -> None:
    assert Player('transmit "^M<cr>", raw').sent == b"^M<cr>"


def test_credentials_with_sequences_are_interpreted_unless_raw() -> None:
    text = 'transmit $PASSWORD transmit "|" transmit $PASSWORD, raw'
    assert Player(text, password="a^Mb").sent == b"a\rb|a^Mb"


def test_an_empty_string_sends_nothing() -> None:
    assert Player('transmit ""').outputs == [Ended()]


def test_the_password_is_secret_and_the_user_name_is_not() -> None:
    outputs = Player("transmit $USERID transmit $PASSWORD").outputs
    assert outputs[:2] == [SendData(b"alice"), SendData(b"wonderland", ((0, 10),))]


def test_what_is_made_from_the_password_is_secret() -> None:
    text = (
        'proc main string s = "x" string t\n s = s + $PASSWORD t = s + "y" transmit t transmit s transmit "z" endproc'
    )
    assert Player(text).outputs[:3] == [
        SendData(b"xwonderlandy", ((0, 12),)),
        SendData(b"xwonderland", ((0, 11),)),
        SendData(b"z"),
    ]


# Values


def transmitted(expression: str, declarations: str = "", **options: bool) -> bool:
    """Return whether an expression is TRUE, as the script sends it."""
    text = f'proc main {declarations}\nif {expression} then transmit "yes" endif\nendproc'
    return Player(text, options=Options(**options)).sent == b"yes"


@pytest.mark.parametrize(
    "expression",
    [
        "1 + 2 * 3 == 7",
        "(1 + 2) * 3 == 9",
        "10 - 3 - 2 == 5",
        "7 / 2 == 3",
        "-7 / 2 == -3",
        "7 / -2 == -3",
        "-7 / -2 == 3",
        "!5 == -6",
        "2147483647 + 1 == -2147483647 - 1",
        "-(-2147483647 - 1) == -2147483647 - 1",
        "(-2147483647 - 1) / -1 == -2147483647 - 1",
        "65536 * 65536 == 0",
        "1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3 and 1 != 2",
        "!(1 > 2)",
        "FALSE or TRUE",
        '"a" + "b" == "ab"',
        '"a" != "A"',
        '"^M" != "<cr>"',
        "TRUE == (1 == 1)",
        "FALSE == $SUCCESS and $FAILURE",
        "FALSE and 1 / 0 == 1 or TRUE",
        "TRUE or 1 / 0 == 1",
    ],
)
def test_an_expression_has_its_value(expression: str) -> None:
    assert transmitted(expression)


def test_variables_begin_empty() -> None:
    assert transmitted('n == 0 and s == "" and !b', "integer n string s boolean b")


def test_equality_of_strings_can_be_read_in_other_ways() -> None:
    assert transmitted('"a" == "A"', equality_matches_case=False)
    assert transmitted('"^M" == "<cr>"', equality_interprets_sequences=True)
    assert not transmitted('"^M" == "<CR>"', equality_interprets_sequences=True, tags_in_any_case=False)


def test_success_before_the_first_wait_is_a_choice() -> None:
    assert transmitted("$SUCCESS and !$FAILURE", success_at_start=True)


def test_a_division_by_zero_ends_the_script() -> None:
    player = Player("proc main\ninteger n\n  n = 1 / n\nendproc")
    assert player.outputs == [Failed(Place(3, 3, 1), "division by zero")]
    assert player.script.state is State.FAILED
    assert player.script.waiting_for is None


def test_a_string_that_grows_without_end_ends_the_script() -> None:
    player = Player('proc main\nstring s = "x"\nwhile TRUE do s = s + s endwhile\nendproc')
    assert isinstance(player.outputs[0], Failed)
    assert "65536" in player.outputs[0].message


# Control


def test_a_loop_runs_while_its_condition_holds() -> None:
    assert Player('proc main integer n = 3\nwhile n > 0 do transmit "x" n = n - 1 endwhile\nendproc').sent == b"xxx"


def test_a_goto_may_enter_a_loop_from_outside() -> None:
    text = """proc main
    integer tries = 2
    goto Again
    while tries > 0 do
      transmit "loop "
    Again:
      transmit "again "
      tries = tries - 1
    endwhile
    endproc"""
    assert Player(text).sent == b"again loop again "


# Time


def test_delay_waits_its_seconds() -> None:
    player = Player('delay 2 * 3\ntransmit "x"')
    assert player.script.next_timer() == 6.0
    assert player.script.state is State.DELAYED
    assert str(player.script.waiting_for) == "line 2: delay 2 * 3 (ends at 6 s)"
    assert player.passes(5.9).sent == b""
    assert player.passes(0.1).sent == b"x"


def test_a_delay_of_nothing_or_less_does_not_wait() -> None:
    assert Player('delay 0 delay -5 transmit "x"').sent == b"x"


def test_the_timer_does_nothing_before_its_time() -> None:
    script = Player("delay 5").script
    script.handle_timer(now=4.999)
    assert script.take_outputs() == []


def test_a_late_timer_starts_the_next_wait_late() -> None:
    script = Player("delay 5 delay 5").script
    script.handle_timer(now=7.0)
    assert script.next_timer() == 12.0


# A loop without a wait


def test_a_loop_without_a_wait_is_reported_once_and_time_goes_on() -> None:
    player = Player("while TRUE do\nendwhile")
    assert player.script.state is State.SPINNING
    assert player.script.next_timer() == PAUSE
    player.passes(1)
    assert [type(fact) for fact in player.facts] == [Spinning]
    assert known(player.script.waiting_for).place.line in {2, 3}


def test_a_spinning_script_can_still_lose_its_carrier() -> None:
    player = Player("while TRUE do endwhile").loses_carrier()
    assert isinstance(player.outputs[-1], CarrierLost)
    assert player.script.next_timer() is None


def test_a_long_count_ends_after_some_pauses() -> None:
    count = BURST * 2
    player = Player(f"proc main integer n\nwhile n < {count} do n = n + 1 endwhile\nendproc").passes(5)
    assert [type(fact) for fact in player.facts] == [Spinning, Ended]


def test_a_wait_between_two_loops_makes_them_two() -> None:
    loop = f"n = 0 while n < {BURST} do n = n + 1 endwhile"
    player = Player(f"proc main integer n\n{loop} delay 1 {loop}\nendproc").passes(30)
    assert [type(fact) for fact in player.facts] == [Spinning, Spinning, Ended]


def test_a_loop_of_expired_waits_is_slowed_down_too() -> None:
    player = Player('Again: waitfor "x" until 0\ngoto Again').passes(1)
    assert [type(fact) for fact in player.facts] == [Spinning]


def test_a_script_that_answers_its_own_echo_is_slowed_down_too() -> None:
    script = Player('Again: transmit "x" waitfor "x"\ngoto Again').script
    for _ in range(BURST):
        script.receive_data(b"x", now=1.0)
    assert script.state is State.SPINNING
    assert len(script.unread) > BURST // 2


def test_a_spinning_script_is_not_traced() -> None:
    player = Player("while TRUE do delay 0 endwhile", options=Options(trace=True)).passes(1)
    assert len(player.outputs) <= BURST + 1


def test_a_script_is_traced_again_when_it_has_waited() -> None:
    text = f"proc main integer n\nwhile n < {BURST} do n = n + 1 endwhile\ndelay 1\ndelay 2\nendproc"
    player = Player(text, options=Options(trace=True)).passes(5)
    assert player.outputs[-2:] == [Traced(Place(4, 1, 5), "delay 2"), Ended()]


# Settings


def test_set_port_tells_one_setting_and_all() -> None:
    outputs = Player("set port databits 7 set port parity even set port stopbits 2").outputs
    assert outputs[:3] == [
        SetPort(PortSetting.DATABITS, 7, Framing(7)),
        SetPort(PortSetting.PARITY, "even", Framing(7, Parity.EVEN)),
        SetPort(PortSetting.STOPBITS, 2, Framing(7, Parity.EVEN, 2)),
    ]


SEVEN_EVEN = "set port databits 7 set port parity even\n"


def test_with_seven_data_bits_the_parity_that_comes_in_is_dropped() -> None:
    prompt = Framing(7, Parity.EVEN).encode(b"login: ")
    assert prompt != b"login: "
    player = Player(SEVEN_EVEN + 'waitfor "ogin:" transmit "C^M"').hears(prompt)
    assert player.sent == b"C\r"


def test_parity_is_computed_for_an_endpoint_that_has_none() -> None:
    player = Player(SEVEN_EVEN + 'transmit "C^M"', options=Options(framing_in_software=True))
    assert player.sent == Framing(7, Parity.EVEN).encode(b"C\r")


def test_back_at_eight_bits_octets_are_whole_again() -> None:
    player = Player(SEVEN_EVEN + 'waitfor "bye" set port parity none set port databits 8').hears(b"bye\x7e\xff")
    assert player.script.unread == b"\x7e\xff"
    assert player.script.framing == Framing()


def test_set_screen_tells_whether_the_user_may_type() -> None:
    outputs = Player("set screen keyboard on set screen keyboard off").outputs
    assert outputs[:2] == [SetScreenKeyboard(True), SetScreenKeyboard(False)]


def test_set_ipaddr_gives_an_address() -> None:
    assert Player('set ipaddr "10.0.0.5"').outputs == [SetIpAddress("10.0.0.5"), Ended()]


def test_what_is_no_address_is_noted_and_the_script_goes_on() -> None:
    player = Player('set ipaddr "11.543.23.13"')
    assert player.outputs == [AddressNotFound(2, "11.543.23.13"), Ended()]


def test_a_password_that_is_no_address_is_not_shown() -> None:
    assert "wonderland" not in repr(Player("set ipaddr $PASSWORD").outputs)


# getip


def test_getip_takes_the_first_address() -> None:
    player = Player("set ipaddr getip").hears(b"Your address is 10.0.0.5\r\n")
    assert player.facts == [SetIpAddress("10.0.0.5"), Ended()]


def test_getip_takes_the_nth_address() -> None:
    player = Player("set ipaddr getip 2").hears(b"10.0.0.1 gives you 10.0.0.5.\r\n")
    assert player.facts == [SetIpAddress("10.0.0.5"), Ended()]


def test_getip_reads_after_what_the_last_wait_consumed() -> None:
    player = Player('waitfor "address is " set ipaddr getip').hears(b"I am 10.0.0.1, your address is 10.0.0.2 ")
    assert SetIpAddress("10.0.0.2") in player.facts


def test_getip_as_a_command_waits_and_drops() -> None:
    player = Player('getip transmit "x"').hears(b"10.0.0.1 ")
    assert player.sent == b"x"


def test_getip_is_a_value() -> None:
    text = 'proc main string s\ns = getip\ntransmit s\nif getip 1 == "9.9.9.9" then transmit "!" endif\nendproc'
    assert Player(text).hears(b"10.0.0.1 9.9.9.9 ").sent == b"10.0.0.1!"


def test_an_address_with_nothing_after_it_counts_after_a_second() -> None:
    player = Player("set ipaddr getip").hears(b"10.0.0.1", at=3.0)
    assert player.script.next_timer() == 4.0
    player.passes(0.5).hears(b"2")
    assert player.script.next_timer() == 4.5
    assert player.passes(1).facts == [SetIpAddress("10.0.0.12"), Ended()]


def test_getip_has_no_limit() -> None:
    player = Player("set ipaddr getip").hears(b"no address here ")
    assert player.script.next_timer() is None
    assert str(player.script.waiting_for) == "line 2: set ipaddr getip (without limit)"


def test_addresses_are_counted_from_one() -> None:
    player = Player("getip 0")
    assert isinstance(player.outputs[0], Failed)
    assert "counted from 1" in player.outputs[0].message


def test_a_string_that_reads_getip_is_one() -> None:
    text = 'proc main string s = "getip 2"\nset ipaddr s\nendproc'
    assert Player(text).hears(b"1.1.1.1 2.2.2.2 ").facts == [SetIpAddress("2.2.2.2"), Ended()]
    assert Player(text, options=Options(getip_in_strings=False)).notes == ["no IP address"]


# Tracing


def traces(player: Player) -> list[tuple[int, str, str]]:
    return [(each.place.line, each.statement, each.outcome) for each in player.outputs if isinstance(each, Traced)]


def test_a_trace_tells_of_each_statement_and_how_its_wait_ended() -> None:
    text = 'if TRUE then\ntransmit "p^M"\nendif\nwaitfor "ogin:" until 9\nwaitfor "x" until 1\nset ipaddr getip'
    player = Player(text, options=Options(trace=True)).hears(b"login: ", at=1).passes(1).hears(b"10.0.0.1 ")
    assert traces(player) == [
        (2, "if TRUE then", ""),
        (3, 'transmit "p^M"', ""),
        (5, 'waitfor "ogin:" until 9', ""),
        (5, 'waitfor "ogin:" until 9', '"ogin:" came'),
        (6, 'waitfor "x" until 1', ""),
        (6, 'waitfor "x" until 1', "time ran out"),
        (7, "set ipaddr getip", ""),
        (7, "set ipaddr getip", "took 10.0.0.1"),
    ]
    seen = [each.seen for each in player.outputs if isinstance(each, Traced) and each.outcome]
    assert seen == [b"login:", b" ", b"10.0.0.1"]


def test_a_trace_shows_no_password() -> None:
    options = Options(trace=True)
    player = Player('waitfor "bye"', options=options, password="won^Mder").hears(b"won^Mder won\rder bye")
    (seen,) = [each.seen for each in player.outputs if isinstance(each, Traced) and each.outcome]
    assert seen == b"******** ******** bye"


def test_without_a_password_nothing_is_masked() -> None:
    player = Player('waitfor "bye"', options=Options(trace=True), password="").hears(b"bye")
    assert narrowed(player.outputs[1], Traced).seen == b"bye"


def test_nothing_is_traced_unless_asked_for() -> None:
    assert traces(Player('transmit "x"')) == []


# What a wait tells of itself


def test_a_wait_tells_its_strings_its_limit_and_what_it_has_seen() -> None:
    waiting = known(Player('delay 1\nwaitfor "a" + "b" until 9').passes(1).hears(b"xyz", at=2).script.waiting_for)
    assert waiting.place == Place(3, 1, 7)
    assert waiting.patterns == ("ab",)
    assert waiting.until == 10.0
    assert waiting.seen == b"xyz"


def test_a_wait_hides_the_password() -> None:
    waiting = known(Player("waitfor $PASSWORD").hears(b"wonderlan\x00wonderland"[:9]).script.waiting_for)
    assert waiting.patterns == ("********",)


def test_what_a_wait_has_seen_is_bounded() -> None:
    waiting = known(Player('waitfor "x"').hears(b"y" * 100_000).script.waiting_for)
    assert len(waiting.seen) <= 1024


# Unread input


def test_unread_input_is_bounded_and_the_loss_is_noted_once() -> None:
    player = Player("delay 5").hears(b"a" * MAX_UNREAD).hears(b"b" * 10).hears(b"c" * 10)
    assert len(player.script.unread) == MAX_UNREAD
    assert player.script.unread.endswith(b"ab" + b"b" * 9 + b"c" * 10)
    assert player.notes == ["unread input dropped"]
