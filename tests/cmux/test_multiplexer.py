"""The multiplexer in both roles, with another of ours or octet by octet."""

from __future__ import annotations

import pytest

from simisp.cmux.basic_option import encode_basic
from simisp.cmux.conduct import CommandBit, DiscAnswer, MuxConduct, SignalsSent
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.control_message import ControlMessage, ControlReader, MessageKind
from simisp.cmux.frame import FrameKind, MuxFrame
from simisp.cmux.multiplexer import MOST_HELD, Multiplexer
from simisp.cmux.signals import V24Signals
from simisp.facts.cmux import ControlCommandUnanswered, MultiplexerEnded, MuxFrameSeen, MuxOctetsDiscarded
from simisp.facts.line import OctetsLost
from simisp.machine import SendData
from support.two_muxes import TwoMuxes

OPTIONS = [False, True]


def frames(side: object) -> list[str]:
    outputs = side.outputs  # type: ignore[attr-defined]
    return [
        f"{'>' if seen.sent else '<'}{seen.frame} {seen.dlci}" for seen in outputs if isinstance(seen, MuxFrameSeen)
    ]


def sent(mux: Multiplexer) -> bytes:
    return b"".join(output.data for output in mux.take_outputs() if isinstance(output, SendData))


def modem_up(conduct: MuxConduct | None = None, **config: object) -> Multiplexer:
    mux = Multiplexer(MultiplexerConfig(**config), conduct or MuxConduct())  # type: ignore[arg-type]
    for dlci in (0, 1):
        mux.receive_data(encode_basic(MuxFrame(dlci, FrameKind.SABM, command=True, final=True)), now=0.0)
    return mux


def control(mux: Multiplexer, message: ControlMessage) -> bytes:
    sent(mux)
    mux.receive_data(encode_basic(MuxFrame(0, FrameKind.UIH, command=True, data=message.encode())), now=0.0)
    return sent(mux)


def command(kind: MessageKind, value: bytes = b"") -> ControlMessage:
    return ControlMessage(kind.value, command=True, value=value)


@pytest.mark.parametrize("advanced", OPTIONS)
def test_octets_pass_both_ways_on_each_dlc(advanced: bool) -> None:
    both = TwoMuxes(advanced=advanced).open(1, 2)
    both.client.mux.send(1, b"AT\r" * 50, now=0.0)
    both.modem.mux.send(2, bytes(range(256)), now=0.0)
    both.exchange()
    assert bytes(both.modem.heard[1]) == b"AT\r" * 50
    assert bytes(both.client.heard[2]) == bytes(range(256))
    assert both.client.ups == both.modem.ups == [0, 1, 2]


def test_each_side_sends_its_circuits_when_a_dlc_comes_up() -> None:
    both = TwoMuxes().open(1)
    assert both.client.signals == both.modem.signals == {1: V24Signals()}
    both.modem.mux.set_signals(1, V24Signals(carrier=True), now=0.0)
    both.exchange()
    assert both.client.signals[1].carrier


def test_a_dlc_before_dlci_0_is_refused() -> None:
    both = TwoMuxes()
    both.client.mux.open(1, now=0.0)
    both.exchange()
    assert both.client.downs == [(1, "refused")]


def test_a_dlc_that_the_modem_does_not_have_is_refused() -> None:
    both = TwoMuxes(dlcis=frozenset({1}))
    both.open(1, 2)
    assert both.client.downs == [(2, "refused")]
    assert both.client.mux.is_up(1)


def test_a_dlc_that_is_taken_down_is_down_at_both_ends() -> None:
    both = TwoMuxes().open(1)
    both.client.mux.close(1, now=0.0)
    both.exchange()
    assert both.client.downs == [(1, "UA")]
    assert both.modem.downs == [(1, "DISC")]
    both.client.mux.open(1, now=0.0)
    both.exchange()
    assert both.client.mux.is_up(1)


@pytest.mark.parametrize("by_cld", [True, False])
def test_cld_and_disc_on_dlci_0_end_the_multiplexer_and_what_follows_is_not_its_own(by_cld: bool) -> None:
    both = TwoMuxes().open(1)
    if by_cld:
        both.client.mux.close_down(now=0.0)
    else:
        both.client.mux.close(0, now=0.0)
    both.client.settle()
    both.modem.mux.receive_data(bytes(both.client.to_peer) + b"AT\r", now=0.0)
    both.client.to_peer.clear()
    assert both.modem.mux.over
    assert both.modem.mux.rest() == b"AT\r"
    both.exchange()
    assert both.client.mux.over
    why = "CLD" if by_cld else "DISC"
    assert [end.why for end in both.modem.outputs if isinstance(end, MultiplexerEnded)] == [why]
    assert both.modem.downs == ([(0, why), (1, why)] if by_cld else [(0, "DISC"), (1, "DISC")])


def test_sabm_again_begins_the_dlc_anew() -> None:
    both = TwoMuxes().open(1)
    both.modem.mux.receive_data(encode_basic(MuxFrame(1, FrameKind.SABM, command=True, final=True)), now=0.0)
    both.modem.settle()
    assert both.modem.downs == [(1, "SABM")]
    assert both.modem.ups == [0, 1, 1]


def test_octets_for_a_dlc_that_is_down_are_answered_with_dm() -> None:
    mux = modem_up()
    sent(mux)
    mux.receive_data(encode_basic(MuxFrame(5, FrameKind.UIH, command=True, data=b"x")), now=0.0)
    assert sent(mux) == encode_basic(MuxFrame(5, FrameKind.DM, command=True))


def test_an_answer_has_the_f_bit_only_if_it_was_asked_for() -> None:
    mux = modem_up()
    sent(mux)
    mux.receive_data(encode_basic(MuxFrame(1, FrameKind.DISC, command=True, final=False)), now=0.0)
    assert sent(mux) == encode_basic(MuxFrame(1, FrameKind.UA, command=True, final=False))


# Timers --------------------------------------------------------------------------------------------------------------


def test_sabm_is_repeated_n2_times_and_then_the_multiplexer_is_over() -> None:
    mux = Multiplexer(MultiplexerConfig(initiator=True, t1=0.1, tries=3))
    mux.open(0, now=0.0)
    sabm, times = sent(mux), []
    while (due := mux.next_timer()) is not None:
        mux.handle_timer(now=due)
        times.append((round(due, 3), sent(mux)))
    assert times == [(0.1, sabm), (0.2, sabm), (0.3, sabm), (0.4, b"")]
    assert mux.over


def test_a_command_is_repeated_n2_times_and_then_given_up() -> None:
    both = TwoMuxes(t2=0.3, tries=2).open(1)
    both.client.mux.command(MessageKind.TEST, b"hello", now=0.0)
    both.client.settle()
    both.client.to_peer.clear()
    times = []
    while (due := both.client.mux.next_timer()) is not None:
        both.client.mux.handle_timer(now=due)
        both.client.settle()
        times.append((round(due, 3), bool(both.client.to_peer)))
        both.client.to_peer.clear()
    assert times == [(0.3, True), (0.6, True), (0.9, False)]
    assert ControlCommandUnanswered("TEST command") in both.client.outputs


def test_cld_without_a_response_ends_the_multiplexer_all_the_same() -> None:
    both = TwoMuxes(t2=0.3, tries=1).open(1)
    both.client.mux.close_down(now=0.0)
    both.client.settle()
    both.client.to_peer.clear()
    for due in (0.3, 0.6):
        both.client.mux.handle_timer(now=due)
    assert both.client.mux.over


# The control channel -------------------------------------------------------------------------------------------------


def test_test_is_answered_with_the_same_octets_even_in_several_frames() -> None:
    both = TwoMuxes(frame_size=10).open()
    value = bytes(range(200))
    both.client.mux.command(MessageKind.TEST, value, now=0.0)
    both.wait(5.0)
    assert ControlCommandUnanswered("TEST command") not in both.client.outputs
    assert frames(both.modem)[-2:] == ["<TEST command 0", ">TEST response 0"]


def test_a_command_that_nobody_knows_is_answered_with_nsc() -> None:
    answer = control(modem_up(), ControlMessage(0x03, command=True, value=b"x"))
    assert answer == encode_basic(MuxFrame(0, FrameKind.UIH, command=False, data=b"\x11\x03\x03"))


def test_nsc_ends_the_wait_for_a_response() -> None:
    mux = Multiplexer(MultiplexerConfig(initiator=True))
    mux.open(0, now=0.0)
    mux.receive_data(encode_basic(MuxFrame(0, FrameKind.UA, command=True, final=True)), now=0.0)
    mux.command(MessageKind.SNC, b"\x07", now=0.0)
    assert mux.next_timer() is not None
    mux.receive_data(encode_basic(MuxFrame(0, FrameKind.UIH, command=False, data=b"\x11\x03\xd3")), now=0.0)
    assert mux.next_timer() is None


@pytest.mark.parametrize(
    "kind", [MessageKind.FCON, MessageKind.FCOFF, MessageKind.PSC, MessageKind.RLS, MessageKind.SNC]
)
def test_each_command_has_its_response(kind: MessageKind) -> None:
    value = b"\x07\x01" if kind in (MessageKind.RLS, MessageKind.SNC) else b""
    answer = control(modem_up(), command(kind, value))
    expected = ControlMessage(kind.value, command=False, value=value).encode()
    assert answer == encode_basic(MuxFrame(0, FrameKind.UIH, command=False, data=expected))


def test_pn_lowers_the_frame_size_of_a_dlc_and_is_answered_with_no_more_than_n1() -> None:
    mux = modem_up(frame_size=31)
    answer = control(mux, command(MessageKind.PN, bytes((1, 0, 7, 10, 8, 0, 3, 2))))
    assert bytes((8, 0)) in answer
    mux.send(1, b"x" * 16, now=0.0)
    assert sent(mux).count(b"x" * 8) == 2
    answer = control(mux, command(MessageKind.PN, bytes((1, 0, 7, 10, 0, 16, 3, 2))))
    assert answer[6 + 4 : 6 + 6] == bytes((31, 0))


def test_pn_before_the_dlc_is_up_holds_for_it() -> None:
    mux = modem_up()
    control(mux, command(MessageKind.PN, bytes((2, 1, 7, 10, 4, 0, 3, 2))))
    mux.receive_data(encode_basic(MuxFrame(2, FrameKind.SABM, command=True, final=True)), now=0.0)
    sent(mux)
    mux.send(2, b"abcdef", now=0.0)
    ui = [MuxFrame(2, FrameKind.UI, command=False, data=data) for data in (b"abcd", b"ef")]
    assert sent(mux) == b"".join(map(encode_basic, ui))


def test_rpn_is_answered_with_the_settings_that_were_last_given() -> None:
    mux = modem_up()
    assert b"\x07\x03\x03\x00\x11\x13\x00\x00" in control(mux, command(MessageKind.RPN, b"\x07"))
    given = b"\x07\x08\x03\x00\x11\x13\x01\x00"
    assert given in control(mux, command(MessageKind.RPN, given))
    assert given in control(mux, command(MessageKind.RPN, b"\x07"))


def test_fcoff_stops_every_dlc_but_the_control_channel_and_fcon_releases_them() -> None:
    mux = modem_up()
    control(mux, command(MessageKind.FCOFF))
    mux.send(1, b"held", now=0.0)
    assert sent(mux) == b""
    assert b"held" in control(mux, command(MessageKind.FCON))


def test_fc_in_msc_stops_one_dlc_and_what_is_held_is_bounded() -> None:
    mux = modem_up()
    control(mux, command(MessageKind.MSC, bytes((0x07, V24Signals(stopped=True).octet))))
    mux.send(1, bytes(MOST_HELD + 5), now=0.0)
    assert [output for output in mux.take_outputs() if isinstance(output, OctetsLost)] == [
        OctetsLost(5, "DLCI 1 takes none")
    ]
    assert len(control(mux, command(MessageKind.MSC, bytes((0x07, V24Signals().octet))))) > MOST_HELD


def test_a_damaged_message_does_not_swallow_the_next_one() -> None:
    reader = ControlReader()
    assert reader.take(b"\x23\x41abc") == []
    assert [message.kind for message in reader.take(command(MessageKind.CLD).encode())] == [MessageKind.CLD]


# Sleep ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("advanced", OPTIONS)
def test_a_sleeping_side_is_woken_by_flags_and_what_has_waited_is_sent(advanced: bool) -> None:
    both = TwoMuxes(advanced=advanced).open(1)
    both.client.mux.command(MessageKind.PSC, now=0.0)
    both.exchange()
    both.modem.mux.send(1, b"\r\nRING\r\n", now=0.0)
    both.modem.settle()
    assert bytes(both.modem.to_peer) == (b"\x7e" if advanced else b"\xf9") * 3
    both.exchange()
    assert bytes(both.client.heard[1]) == b"\r\nRING\r\n"


def test_a_side_that_does_not_wake_up_ends_the_multiplexer_after_t3() -> None:
    both = TwoMuxes(t3=2.0).open(1)
    both.client.mux.command(MessageKind.PSC, now=0.0)
    both.exchange()
    both.modem.mux.send(1, b"x", now=0.0)
    while not both.modem.mux.over:
        due = both.modem.mux.next_timer()
        assert due is not None
        assert due <= 2.0
        both.modem.mux.handle_timer(now=due)


def test_three_flags_are_answered_with_three_so_that_a_client_can_find_the_beat_again() -> None:
    mux = modem_up()
    sent(mux)
    mux.receive_data(b"\xf9" * 3, now=0.0)
    assert sent(mux) == b"\xf9" * 3


# Bad manners ---------------------------------------------------------------------------------------------------------


def test_sabm_can_stay_unanswered() -> None:
    both = TwoMuxes(conduct=MuxConduct(unanswered=frozenset({1})))
    both.open(1)
    both.wait(2.0)
    assert both.client.downs == [(1, "unanswered")]
    assert both.modem.ups == [0]


@pytest.mark.parametrize("answer", DiscAnswer)
def test_disc_can_be_answered_otherwise_and_the_dlc_is_down_all_the_same(answer: DiscAnswer) -> None:
    mux = modem_up(MuxConduct(disc=answer))
    sent(mux)
    mux.receive_data(encode_basic(MuxFrame(1, FrameKind.DISC, command=True, final=True)), now=0.0)
    kinds = {DiscAnswer.UA: FrameKind.UA, DiscAnswer.DM: FrameKind.DM, DiscAnswer.UIH: FrameKind.UIH}
    expected = b""
    if answer in kinds:
        expected = encode_basic(MuxFrame(1, kinds[answer], command=answer is not DiscAnswer.UIH, final=True))
    assert sent(mux) == expected
    assert not mux.is_up(1)


def test_the_f_bit_can_be_missing() -> None:
    mux = Multiplexer(MultiplexerConfig(), MuxConduct(final_bit=False))
    mux.receive_data(bytes.fromhex("f9033f011cf9"), now=0.0)
    assert sent(mux) == encode_basic(MuxFrame(0, FrameKind.UA, command=True, final=False))


def test_a_lost_length_octet_is_made_good_by_repetition() -> None:
    both = TwoMuxes(conduct=MuxConduct(lost_length=1))
    both.open()
    assert not both.client.mux.is_up(0)
    both.wait(1.0)
    assert both.client.mux.is_up(0)
    assert any(isinstance(output, MuxOctetsDiscarded) for output in both.client.outputs)


def test_a_strict_modem_discards_a_false_c_r_bit_and_another_ignores_it() -> None:
    false = encode_basic(MuxFrame(0, FrameKind.SABM, command=False, final=True))
    for bit, answers in ((CommandBit.STRICT, False), (CommandBit.IGNORED, True), (CommandBit.INVERTED, True)):
        mux = Multiplexer(MultiplexerConfig(), MuxConduct(command_bit=bit))
        mux.receive_data(false, now=0.0)
        assert bool(sent(mux)) is answers
    mux = Multiplexer(MultiplexerConfig(), MuxConduct(command_bit=CommandBit.INVERTED))
    mux.receive_data(bytes.fromhex("f9033f011cf9"), now=0.0)
    assert sent(mux) == encode_basic(MuxFrame(0, FrameKind.UA, command=False, final=True))


def test_a_greeting_is_the_first_frame_behind_ua() -> None:
    mux = Multiplexer(MultiplexerConfig(), MuxConduct(greeting=b"\r\nRDY\r\n"))
    for dlci in (0, 1):
        sent(mux)
        mux.receive_data(encode_basic(MuxFrame(dlci, FrameKind.SABM, command=True, final=True)), now=0.0)
    ua = encode_basic(MuxFrame(1, FrameKind.UA, command=True, final=True))
    assert sent(mux).startswith(ua + encode_basic(MuxFrame(1, FrameKind.UIH, command=False, data=b"\r\nRDY\r\n")))


@pytest.mark.parametrize("when", SignalsSent)
def test_the_modems_circuits_come_when_its_conduct_says(when: SignalsSent) -> None:
    both = TwoMuxes(conduct=MuxConduct(signals=when)).open(1)
    order = [frame for frame in frames(both.modem) if frame in ("<MSC command 1", ">MSC command 1")]
    expected = {
        SignalsSent.AT_ONCE: [">MSC command 1", "<MSC command 1"],
        SignalsSent.AFTER_THE_CLIENT: ["<MSC command 1", ">MSC command 1"],
        SignalsSent.NEVER: ["<MSC command 1"],
    }
    assert order == expected[when]


def test_each_octet_can_come_in_a_frame_of_its_own() -> None:
    mux = modem_up(MuxConduct(octet_a_frame=True))
    sent(mux)
    mux.send(1, b"OK", now=0.0)
    frames_of_one = [MuxFrame(1, FrameKind.UIH, command=False, data=data) for data in (b"O", b"K")]
    assert sent(mux) == b"".join(map(encode_basic, frames_of_one))


def test_fc_can_stay_set_for_ever_and_the_client_holds_its_octets() -> None:
    both = TwoMuxes(conduct=MuxConduct(never_ready=True)).open(1)
    both.client.mux.send(1, b"AT\r", now=0.0)
    both.exchange()
    both.client.mux.send(1, b"AT\r", now=0.0)
    both.wait(60.0)
    assert bytes(both.modem.heard[1]) == b"AT\r"
    assert both.client.mux.held == 3


def test_flags_can_be_ignored() -> None:
    mux = modem_up(MuxConduct(answers_flags=False))
    sent(mux)
    mux.receive_data(b"\xf9" * 3, now=0.0)
    assert sent(mux) == b""


def test_a_full_frame_and_a_short_one_come_in_one_piece() -> None:
    mux = modem_up(frame_size=127)
    sent(mux)
    mux.send(1, b"x" * 130, now=0.0)
    outputs = [output for output in mux.take_outputs() if isinstance(output, SendData)]
    assert len(outputs) == 1
    assert outputs[0].data.count(b"\xf9") == 4


def test_the_dlcis_that_no_side_may_use_are_refused() -> None:
    mux = modem_up()
    sent(mux)
    mux.receive_data(encode_basic(MuxFrame(63, FrameKind.SABM, command=True, final=True)), now=0.0)
    assert sent(mux) == encode_basic(MuxFrame(63, FrameKind.DM, command=True, final=True))
