"""Pure runs: the verdict of virtual time, without a process, a port or an event loop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from simisp.facts.fact import details_of
from simisp.facts.line import Octets
from simisp.line.channel import ChannelPlace
from simisp.runner.hang import WhoWaits
from simisp.runner.pure import PureRunner, run_pure
from simisp.runner.pure_clients import Conversation, GeneratorClient, Hear, ScriptClient
from simisp.runner.run_options import RunOptions
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import bundled, load, loads
from simisp.scp.compiler import compile_script
from simisp.transcript import Source, Transcript
from support.line_channels import delay_of
from support.virtual_runs import virtually

NUMBER = "T5551234"
BOUNDED = """
proc main
  waitfor "ervice?" until 30
  if !$SUCCESS then
    halt
  endif
  transmit "p^M"
  waitfor "sername:" until 30
  if !$SUCCESS then
    halt
  endif
  transmit "alice^M"
  waitfor "assword:" until 30
  if !$SUCCESS then
    halt
  endif
  transmit $PASSWORD
  transmit "^M"
  waitfor "PPP mode" until 30
  if !$SUCCESS then
    halt
  endif
endproc
"""
# A process that waits in epoll for the line, as an asyncio client does, is not seen to wait for it.
FOR_THE_CLIENT = (WhoWaits.FOR_THE_CLIENT, WhoWaits.FOR_EACH_OTHER)
UNBOUNDED = BOUNDED.replace(" until 30", "")


def script(text: str) -> ScriptClient:
    return ScriptClient(compile_script(text), number=NUMBER, user="alice", password="wonderland")


def essence(verdict: Verdict) -> dict[str, object]:
    """What two runs of one client must agree on: all but process ids, command lines and the holders of the port."""
    client, hang = verdict.client, verdict.hang
    assert client is not None
    return {
        "kind": verdict.kind,
        "reason": verdict.reason,
        "calls": verdict.calls,
        "waiting for": verdict.waiting_for,
        "exit status": client.exit_status,
        "gave up at": client.gave_up_at,
        "departure": None if client.departure is None else (client.departure.heard, client.departure.command),
        "expectations": [asdict(result) for result in verdict.expectations],
        "hang": None if hang is None else (hang.waits in FOR_THE_CLIENT, hang.proven, hang.until),
    }


@pytest.mark.parametrize(
    ("scenario", "text"),
    [*((path.stem, BOUNDED) for path in bundled()), ("hang", UNBOUNDED), ("wrong-password", UNBOUNDED)],
)
def test_the_verdict_is_that_of_virtual_time(scenario: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "script.scp").write_text(text)
    (tmp_path / "password").write_text("wonderland\n")
    command = [
        *(sys.executable, "-m", "simisp", "script", "run", str(tmp_path / "script.scp"), "--port", "{port}"),
        *("--dial", NUMBER, "--user", "alice", "--password-file", str(tmp_path / "password"), "--no-lock"),
    ]
    virtual, _ = virtually(scenario, command)
    pure = run_pure(load(scenario), script(text))
    assert essence(pure) == essence(virtual)
    assert pure.at == pytest.approx(virtual.at, abs=0.5)


def conversation(within: float | None = 60.0) -> Conversation:
    yield b"ATDT5551234\r"
    for prompt, answer in (("CONNECT", b""), ("ervice?", b"p\r"), ("sername:", b"alice\r"), ("word:", b"wonderland\r")):
        if (yield Hear(prompt, "NO CARRIER", within=within)) != prompt:
            return 1
        yield answer
    return 0 if (yield Hear("PPP mode", within=within)) else 2


def test_a_generator_logs_in() -> None:
    verdict = run_pure(load("login"), GeneratorClient(conversation))
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.at == 1.0
    assert verdict.calls == 1
    assert verdict.describe().startswith("released: the port came free\n  the client (conversation) ended with exit")


def test_a_generator_that_hears_nothing_in_time_goes_on_without_it() -> None:
    verdict = run_pure(load("hang"), GeneratorClient(conversation))
    assert verdict.client is not None
    assert verdict.client.exit_status == 1
    assert verdict.at == 61.0


def test_a_wait_without_limit_for_a_silent_isp_is_a_proven_hang() -> None:
    verdict = run_pure(load("hang"), GeneratorClient(lambda: conversation(None)))
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert verdict.hang.waits is WhoWaits.FOR_THE_ISP
    assert verdict.exit_status == 3


def test_client_and_isp_that_wait_for_each_other_are_told_so() -> None:
    def mute() -> Conversation:
        yield b"ATDT1\r"
        yield Hear("never")
        return 0

    verdict = run_pure(load("login"), GeneratorClient(mute))
    assert verdict.hang is not None
    assert verdict.hang.waits is WhoWaits.FOR_EACH_OTHER


def test_a_hang_that_ends_is_followed_to_the_time_at_which_it_does() -> None:
    verdict = run_pure(load("hang"), GeneratorClient(lambda: conversation(3600.0)))
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert verdict.hang.until == 3601.0
    assert verdict.at == 600.0


def test_a_dialler_that_gives_up_ends_its_client() -> None:
    verdict = run_pure(load("hang"), GeneratorClient(lambda: conversation(None)), RunOptions(give_up=90.0))
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert (verdict.client.signal, verdict.client.gave_up_at, verdict.at) == ("SIGTERM", 90.0, 90.0)


def test_client_and_isp_that_answer_each_other_without_end_are_a_live_lock() -> None:
    def stubborn() -> Conversation:
        while True:
            yield Hear("A:")
            yield b"\r"

    leased = loads("title: x\nmodem: {profile: none}\nisp: {dialogue: [{prompt: 'A:'}]}\n")
    verdict = run_pure(leased, GeneratorClient(stubborn))
    assert verdict.hang is not None
    assert verdict.hang.waits is WhoWaits.LIVE_LOCK
    assert not verdict.hang.proven


def test_a_client_that_never_dials_has_tried_nothing() -> None:
    def idle() -> Conversation:
        yield 5.0
        return 0

    verdict = run_pure(load("login"), GeneratorClient(idle))
    assert verdict.kind is VerdictKind.FAILED
    assert "no call was ever dialled" in verdict.reason
    assert run_pure(load("login"), GeneratorClient(idle), RunOptions(allow_unopened=True)).kind is VerdictKind.RELEASED


def test_channels_lie_on_the_line_of_a_pure_run() -> None:
    runner = PureRunner(load("login"), channels={ChannelPlace.ISP_TO_MODEM: delay_of(10.0)})
    assert runner.play(GeneratorClient(conversation)).at == 1.0 + 4 * 10.0


def test_the_faults_of_a_scenario_are_on_the_line_of_a_pure_run() -> None:
    text = "extends: login\nline: {faults: [{fault: silence, after: {text: 'Password:'}}]}\n"
    verdict = run_pure(loads(text), script(UNBOUNDED))
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven


def test_a_transcript_has_all_that_happened_and_the_verdict_last() -> None:
    transcript = Transcript()
    PureRunner(load("login")).play(GeneratorClient(conversation), transcript=transcript)
    kinds = [record.fact.kind for record in transcript if not isinstance(record.fact, Octets)]
    assert kinds[0] == "run began"
    assert kinds[-1] == "verdict"
    assert "log-in accepted" in kinds
    last = list(transcript)[-1].fact
    assert details_of(last)["verdict"] == "released"
    assert transcript.text(Source.CLIENT) == "ATDT5551234\rp\ralice\rwonderland\r"


def test_what_a_client_says_at_one_moment_comes_in_one_piece_as_through_a_port() -> None:
    transcript = Transcript()
    PureRunner(load("login")).play(script(BOUNDED), transcript=transcript)
    facts = [record.fact for record in transcript if record.source is Source.CLIENT]
    said = [(fact.data, fact.secrets) for fact in facts if isinstance(fact, Octets)]
    assert said[-2:] == [(b"alice\r", ()), (b"wonderland\r", ((0, 11),))]


def test_an_empty_text_is_heard_at_once_and_nothing_is_forgotten_by_that() -> None:
    heard: list[str | None] = []

    def listen() -> Conversation:
        heard.append((yield Hear("")))
        yield b"AT\r"
        heard.extend([(yield Hear("OK")), (yield Hear("")), (yield Hear("\r\n", within=1)), (yield Hear("x", ""))])
        return 0

    run_pure(load("login"), GeneratorClient(listen))
    assert heard == ["", "OK", "", "\r\n", ""]


def test_a_verdict_shows_no_password() -> None:
    verdict = run_pure(load("login"), GeneratorClient(conversation, name="dial wonderland"))
    assert "wonderland" not in verdict.describe()


def yields(*acts: object, returns: object = 0) -> Callable[[], Any]:
    def conversation() -> Generator[object, object, object]:
        yield from acts
        return returns

    return conversation


@pytest.mark.parametrize(
    ("conversation", "error", "message"),
    [
        (yields("AT\r"), TypeError, "yields octets to say, seconds to wait, or Hear"),
        (yields(None), TypeError, "not None"),
        (yields(True), TypeError, "not True"),
        (yields(-1), ValueError, "waits for 0 s or more, not -1"),
        (yields(float("nan")), ValueError, "not nan"),
        (yields(returns="6"), TypeError, "returns its exit status, a whole number, not '6'"),
        (yields(returns=True), TypeError, "not True"),
        (lambda: 3, TypeError, "a function with a yield in it, not one that returns 3"),
    ],
)
def test_what_a_conversation_cannot_do_is_named(
    conversation: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        run_pure(load("hang"), GeneratorClient(conversation))


@pytest.mark.parametrize(
    ("texts", "within", "error", "message"),
    [
        ((), None, ValueError, "hears at least one text"),
        ((b"OK",), None, TypeError, "hears texts, not b'OK'"),
        ((["OK", "ERROR"],), None, TypeError, r"hears texts, not \['OK', 'ERROR'\]"),
        (("\u20ac",), None, ValueError, "characters up to U\\+00FF"),
        (("OK",), -1.0, ValueError, "hears for 0 s or more, not -1.0"),
        (("OK",), float("nan"), ValueError, "not nan"),
    ],
)
def test_what_cannot_be_heard_is_named(
    texts: tuple[Any, ...], within: float | None, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Hear(*texts, within=within)
