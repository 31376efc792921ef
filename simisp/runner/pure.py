"""Pure runs: a scenario and a client machine come to a verdict with no port, no event loop, no thread and no clock.

Session and client are both machines, so a run is one loop: hand over what each has put out, then go to the next time
at which one of them wants to be called. When there is no such time and the client has not ended, it never will: that is
the proof of a hang. The verdict is the one of :func:`simisp.runner.run.run_client` in virtual time, thousands of times
a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.facts.port import PortClosed, PortOpened
from simisp.facts.run import (
    ClientEnded,
    ClientGaveUp,
    ClientStarted,
    DeadlineReached,
    ExpectationJudged,
    RunBegan,
    VerdictReached,
)
from simisp.line.channel import ChannelMaker, ChannelPlace
from simisp.line.port_machine import PortMachine
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig
from simisp.machine import Output, SendData, SendUnrecorded, SetCircuit
from simisp.runner.clocks import ClockChoice
from simisp.runner.departure import LastHeard, departure_behind
from simisp.runner.expectations import Expectations, ExpectedOf
from simisp.runner.hang import Hang, WhoWaits
from simisp.runner.pure_clients import PureClient
from simisp.runner.run_facts import RunFacts
from simisp.runner.run_options import RunOptions
from simisp.runner.summing_up import RunEnd, sum_up
from simisp.runner.verdict import ClientReport, ExpectationResult, Verdict, VerdictKind
from simisp.scenario.load import LoadedScenario
from simisp.scenario.session import session_config, session_maker
from simisp.scenario.triggers import with_triggers
from simisp.transcript import Transcript
from simisp.transcript.record import Batch
from simisp.transcript.redaction import mask_text

__all__ = ["PureRunner", "RunWatch", "run_pure"]

_MOST_ROUNDS = 10_000
"""So often may client and line answer each other at one instant; beyond that it is taken for endless."""
_MOST_STEPS = 1_000_000
"""How many moments a run may have at which something happens."""
_MOST_FOLLOWED = 4_000
"""How many while a hang is followed to see whether it ends: waiting for the end of a client that polls is in vain."""
_MOST_UNSEEN = 64
"""So often may something be put out before the expectations are shown it."""
_FAR = 100 * 365 * 86400.0
"""Seconds for which it is followed."""
_CLOCK = ClockChoice(asked="virtual", used="virtual")
_TERMINATED = "SIGTERM"
_FOR_THE_CLIENT = frozenset({SendData, SendUnrecorded, SetCircuit})
_OPENED, _CLOSED = PortOpened(1), PortClosed(0)
_DTR = Circuit.DTR  # a member of an Enum is slow to look up
_shown = lru_cache(maxsize=64)(mask_text)


class RunWatch(Protocol):
    """Sees a run as it happens, at less cost than a transcript."""

    def client_sent(self, output: SendData, *, now: float) -> None:
        """Take octets as the client has sent them, before anything can happen to them."""

    def line_put_out(self, outputs: Sequence[Output], *, now: float) -> None:
        """Take what the line has put out: octets for the client, octets as the modem took them, facts."""


class PureRunner:
    """Plays one scenario with one client after the other, in pure time.

    Args:
        scenario: What to play.
        options: Patience, deadline, and whether the ISP has to be reached. What is about processes says nothing here:
            a client that its dialler gives up on is ended, and leaves nothing behind.
        channels: What makes the channels of some places on the line, instead of the scenario's own.
        config: The configuration of the line, in place of the one that the scenario is worked out to.
        like: Another runner of the scenario; what that one has worked out besides the configuration is shared.

    Attributes:
        expected: What the scenario expects.
        secrets: The passwords that no verdict shows.
        triggered_line: The scenario's line; None if it has no triggers.

    Raises:
        UnsharedTimeError: The scenario's ISP runs a program.
    """

    def __init__(
        self,
        scenario: LoadedScenario,
        options: RunOptions | None = None,
        *,
        channels: Mapping[ChannelPlace, ChannelMaker] | None = None,
        config: SessionConfig | None = None,
        like: PureRunner | None = None,
    ) -> None:
        self.scenario = scenario
        self.options = options or RunOptions()
        if config is None:
            scenario.refuse_programs("pure")
        config = config or session_config(scenario)
        self._config = replace(config, channels={**config.channels, **channels}) if channels else config
        self._make_session = session_maker(self.scenario, self._config)
        self.triggered_line = scenario.model.line if scenario.model.line.triggers else None
        self.expected: ExpectedOf = ExpectedOf(scenario.model) if like is None else like.expected
        self.secrets: tuple[bytes, ...] = self._make_session(None).secrets if like is None else like.secrets

    def with_channels(self, channels: Mapping[ChannelPlace, ChannelMaker]) -> PureRunner:
        """Return a runner that differs only in the line's channels.

        All else that a scenario is worked out to is shared: this costs a twentieth of a new runner.

        Args:
            channels: What makes the channel of each place; places that are not there have none.
        """
        config = replace(self._config, channels=channels)
        return PureRunner(self.scenario, self.options, config=config, like=self)

    def play(
        self, client: PureClient, *, transcript: Transcript | None = None, watch: RunWatch | None = None
    ) -> Verdict:
        """Play the scenario with a client and return the verdict.

        Args:
            client: The client, not yet started.
            transcript: Gets a record of everything.
            watch: Sees everything at once, and no records are made for it.
        """
        return _PureRun(self, self._make_session(None), client, transcript, watch).play()


def run_pure(scenario: LoadedScenario, client: PureClient, options: RunOptions | None = None) -> Verdict:
    """Play a scenario once in pure time and return the verdict. See :class:`PureRunner`."""
    return PureRunner(scenario, options).play(client)


class _PureRun:
    def __init__(
        self,
        runner: PureRunner,
        session: Session,
        client: PureClient,
        transcript: Transcript | None,
        watch: RunWatch | None,
    ) -> None:
        self._scenario = runner.scenario
        self._options = runner.options
        self._secrets = runner.secrets
        self._session = session
        line = runner.triggered_line
        self._machine: PortMachine = session if line is None else with_triggers(line, session)
        self._client = client
        self._transcript = transcript
        self._watch = watch
        self._now = 0.0
        self._stands_still = False
        self._live_lock = False
        self._closed_at: float | None = None
        self._gave_up_at: float | None = None
        self._signal: str | None = None
        self._expectations = Expectations(runner.expected)
        self._heard: LastHeard | None = None
        self._unseen: list[Batch] = []
        self._has_witnesses = watch is not None or transcript is not None or runner.expected.needs_records

    def play(self) -> Verdict:
        if self._has_witnesses:
            self._note(RunBegan(self._scenario.name, "pure"))
            self._note(ClientStarted(0, self._client.name))
        self._note(_OPENED)
        self._machine.set_circuit(_DTR, True, now=0.0)
        self._machine.notice(_OPENED, now=0.0)
        self._carry()
        self._client.start(now=0.0)
        self._carry()
        options = self._options
        patience = options.give_up if options.give_up is not None and options.give_up < options.latest else None
        if patience is not None:
            # As long as the dialler may lose patience something will happen.
            if not self._go_on(patience, ends_by_itself=True):
                self._give_up(patience)
        elif not self._go_on(options.latest) and not self._stands_still:
            self._now = options.latest
            self._note(DeadlineReached(options.latest))
        return self._judge()

    def _go_on(self, until: float, *, ends_by_itself: bool = False, most: int = _MOST_STEPS) -> bool:
        """Let time pass until the client has ended, nothing can happen any more, or a time; return whether it ended."""
        session, client = self._machine, self._client
        steps = 0
        while client.exit_status is None and not self._stands_still and steps < most:
            line_due, due = session.next_timer(), client.next_timer()
            if due is None or (line_due is not None and line_due < due):
                due = line_due
            if due is None:
                self._stands_still = not ends_by_itself
                break
            if due > until:
                break
            steps += 1
            self._now = due
            if line_due is not None and line_due <= due:
                session.handle_timer(now=due)
                self._carry()
            if client.exit_status is None and (own := client.next_timer()) is not None and own <= due:
                client.handle_timer(now=due)
                self._carry()
        if client.exit_status is None:
            return False
        self._close()
        return True

    def _carry(self) -> None:
        """Carry what line and client say to each other until both have fallen silent.

        What the client says at one moment comes in one piece, as it does through a port.
        """
        session, client, now = self._machine, self._client, self._now
        for _ in range(_MOST_ROUNDS):
            outputs = session.take_outputs()
            if outputs:
                self._look_at(outputs)
                self._give(outputs)
            said: list[bytes] = []
            for output in client.take_outputs():
                if type(output) is SendData:
                    if self._watch is not None:
                        self._watch.client_sent(output, now=now)
                    said.append(output.data)
            if not said:
                return  # nothing has reached the line since its outputs were taken
            session.receive_data(b"".join(said), now=now)
        self._stands_still = self._live_lock = True

    def _give(self, outputs: Sequence[Output]) -> None:
        """Give the client what the line has put out, octets up to the next circuit in one piece, as a port does."""
        client, now = self._client, self._now
        data: list[bytes] = []
        for output in outputs:
            if type(output) not in _FOR_THE_CLIENT:
                continue
            if type(output) is SendData or type(output) is SendUnrecorded:
                data.append(output.data)
            elif type(output) is SetCircuit:
                if data and client.exit_status is None:
                    client.receive_data(b"".join(data), now=now)
                data.clear()
                if client.exit_status is None:
                    client.set_circuit(output.circuit, output.on, now=now)
        if data and client.exit_status is None:
            client.receive_data(b"".join(data), now=now)

    def _close(self) -> None:
        """Close the port, as the end of a process does."""
        self._closed_at = self._now
        self._note(_CLOSED)
        self._machine.set_circuit(_DTR, False, now=self._now)
        self._machine.notice(_CLOSED, now=self._now)
        self._look_at(self._machine.take_outputs())
        if self._has_witnesses:
            self._note(ClientEnded(self._client.exit_status, self._signal))

    def _give_up(self, patience: float) -> None:
        self._now = self._gave_up_at = patience
        self._note(ClientGaveUp(self._options.give_up_kills, 0))
        self._signal = _TERMINATED
        self._close()

    def _judge(self) -> Verdict:
        options, session, client = self._options, self._session, self._client
        at, waiting_for, still = self._now, session.waiting_for, self._stands_still
        held = self._closed_at is None
        unseen, self._unseen = self._unseen, []
        self._expectations.take_batches(unseen)
        isp_required = not options.allow_unopened
        facts = RunFacts.without_port(self._closed_at, client.exit_status, session.calls, isp_required)
        results = self._expectations.judge(facts)
        shortfall = "" if options.allow_unopened else self._expectations.shortfall(facts)
        departure = None if held else departure_behind(self._heard, unseen, at, secrets=self._secrets)
        hang = self._follow() if held else None
        ended = "" if held else self._signal or f"exit status {client.exit_status}"
        end = RunEnd(True, ended, self._gave_up_at, still or self._stands_still, options.grace, options.latest)
        kind, reason = sum_up(end, results, hang, shortfall)
        if self._has_witnesses:
            self._note_judged(results, kind, reason)
        shown = _shown(client.name, self._secrets)
        # By their places: names would cost as much again, and each run has a verdict.
        return Verdict(
            kind,
            self._scenario.name,
            reason,
            at,
            session.calls,
            waiting_for,
            ClientReport(shown, 0, client.exit_status, self._signal, self._gave_up_at, (), (), (), departure),
            None,
            results,
            hang,
            _CLOCK,
        )

    def _note_judged(self, results: Sequence[ExpectationResult], kind: VerdictKind, reason: str) -> None:
        if self._transcript is not None:
            for result in results:
                self._note(ExpectationJudged(result.expectation, result.held, result.found))
        self._note(VerdictReached(kind, reason))

    def _follow(self) -> Hang:
        """Say what kind of hang it is; follow it to its end, or to the proof that it has none."""
        waits = self._who_waits()
        until = self._closed_at if self._go_on(_FAR, most=_MOST_FOLLOWED) else None
        return Hang(waits, proven=self._stands_still and not self._live_lock, until=until)

    def _who_waits(self) -> WhoWaits:
        if self._live_lock:
            return WhoWaits.LIVE_LOCK
        far_end = self._session.present_far_end
        if far_end is not None and not far_end.waits_for_caller:
            return WhoWaits.FOR_THE_ISP
        return WhoWaits.FOR_EACH_OTHER if self._client.reads else WhoWaits.FOR_THE_CLIENT

    def _note(self, fact: Fact) -> None:
        self._look_at([fact])

    def _look_at(self, outputs: Sequence[Output]) -> None:
        """Let all see what has happened; what is asked only at the end is shown it later, in one go."""
        self._unseen.append((self._now, "", outputs))
        if len(self._unseen) > _MOST_UNSEEN:
            self._catch_up()
        if self._has_witnesses:
            if self._watch is not None:
                self._watch.line_put_out(outputs, now=self._now)
            if self._transcript is not None:
                self._transcript.add_outputs(outputs, at=self._now)

    def _catch_up(self) -> None:
        """Show what is judged at the end all that has happened until now."""
        self._heard = self._heard or LastHeard()
        self._heard.take_batches(self._unseen)
        self._expectations.take_batches(self._unseen)
        self._unseen.clear()
