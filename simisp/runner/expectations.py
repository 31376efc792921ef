"""The scenario's expectations, watched during the run and judged at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, assert_never

from simisp.facts.dial_up import PortHeld, PortState
from simisp.facts.fact import Fact
from simisp.facts.isp import Asking, MarkReached
from simisp.facts.line import CallAnswered, Dialled, Octets
from simisp.facts.messages import SmsSent
from simisp.facts.port import PortClosed, PortOpened
from simisp.facts.sources import Source
from simisp.machine import OnLine, Output, Received
from simisp.runner.credentials import SentWords
from simisp.runner.run_facts import RunFacts
from simisp.runner.sent_messages import SentMessages
from simisp.runner.verdict import ExpectationResult
from simisp.scenario.expectation_base import AboutConduct
from simisp.scenario.expectations import (
    Calls,
    ClientExitStatus,
    CredentialsSentOnlyAt,
    Expectation,
    MessageSent,
    NoLockFileLeft,
    PortReleased,
    Reached,
    SentMessage,
)
from simisp.scenario.model import Scenario
from simisp.transcript import Record
from simisp.transcript.record import line_within, records_of

if TYPE_CHECKING:
    from simisp.runner.conduct_watch import ConductWatch
    from simisp.scenario.expectations import ClientConduct

__all__ = ["Expectations", "ExpectedOf", "StoryExpectations", "broken", "summary"]


_WATCHED = frozenset({Asking, MarkReached, Dialled, SmsSent})


class ExpectedOf:
    """What a scenario expects, worked out once for all its runs.

    Args:
        scenario: The scenario.

    Attributes:
        expectations: The scenario's expectations.
        words: The words that may be sent at certain prompts alone; None if no expectation is about them.
        matters: What of a line's outputs is of interest: octets of the client only if words are.
        leads_to_isp: Whether any number leads to the ISP.
        wants_no_call: Whether a run without a call is a whole one.
    """

    __slots__ = ("_conduct", "_scenario", "expectations", "leads_to_isp", "matters", "wants_no_call", "words")

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.expectations: Sequence[Expectation] = scenario.expect
        self._conduct: Mapping[int, ClientConduct] = {
            index: each for index, each in enumerate(scenario.expect) if isinstance(each, AboutConduct)
        }
        self.words: tuple[str, ...] | None = None
        self.matters: frozenset[type[Output]] = _WATCHED | {OnLine}
        if any(isinstance(each, CredentialsSentOnlyAt) for each in scenario.expect):
            self.words = tuple(word for pair in scenario.accounts for word in pair)
            self.matters = self.matters | SentWords.watched | {Received}
        self.leads_to_isp = leads_to_isp(scenario)
        self.wants_no_call = any(
            isinstance(each, MessageSent) or (isinstance(each, Calls) and each.calls == 0) for each in scenario.expect
        )

    def new_watches(self) -> dict[int, ConductWatch]:
        """Return what watches the client's conduct in one run, by the expectation's index."""
        if not self._conduct:
            return {}
        from simisp.runner.conduct_by_line import watch_on_lines  # few scenarios need one

        return {index: watch_on_lines(expected, self._scenario) for index, expected in self._conduct.items()}


class Expectations:
    """Watches a run for the expectations of its scenario.

    Args:
        expected: The scenario, or what it expects, where it is played more than once.

    Pass it to the transcript as a follower before the run begins, and call :meth:`judge` at the end.
    """

    def __init__(self, expected: Scenario | ExpectedOf) -> None:
        self._plan = plan = expected if isinstance(expected, ExpectedOf) else ExpectedOf(expected)
        self._credentials = None if plan.words is None else SentWords(plan.words)
        self._matters = plan.matters
        self._conduct = plan.new_watches()
        self._reached: dict[str, None] = {}  # in chronological order
        self._messages = SentMessages()
        self._has_dialled = False

    @property
    def needs_records(self) -> bool:
        """Whether octets and facts alone do not do: some expectations ask when something was, and of which side."""
        return bool(self._conduct)

    @property
    def lock_names(self) -> tuple[str, ...]:
        """The lock files that the client is expected to make."""
        if not self._conduct:
            return ()
        from simisp.scenario.conduct_expectations import ClientLockFile

        return tuple(each.lock_file.name for each in self._plan.expectations if isinstance(each, ClientLockFile))

    def lock_names_on(self, line: str) -> tuple[str, ...]:
        """Return the lock files that the client is expected to make for the port of one line of several."""
        return ()

    @property
    def expects_release(self) -> bool:
        """Whether a port has to come free within a time."""
        return any(isinstance(each, PortReleased) for each in self._plan.expectations)

    def take_conduct(self, record: Record) -> None:
        """Take a record for those expectations alone that need records."""
        for watch in self._conduct.values():
            watch.take(record)

    def take(self, record: Record) -> None:
        """Take a record."""
        if self._conduct:
            self.take_conduct(record)
        if not isinstance(record.fact, Octets):
            self._look_through((record.fact,), record.line)
        elif record.source is Source.CLIENT:
            self._look_through((Received(record.fact.data),), record.line)

    def take_outputs(self, outputs: Sequence[Output], *, at: float, line: str = "") -> None:
        """Take what a line has put out, which comes to the same as to take its records."""
        if self._conduct:
            for record in records_of(outputs, at=at, line=line):
                self.take_conduct(record)
        self._look_through(outputs, line)

    def take_batches(self, batches: Iterable[tuple[float, Sequence[Output]]]) -> None:
        """Take what the only line has put out at one time after the other."""
        if self._conduct:
            for at, outputs in batches:
                self.take_outputs(outputs, at=at)
        else:
            self._look_through(chain.from_iterable(outputs for _, outputs in batches), "")

    def _look_through(self, outputs: Iterable[Output], line: str) -> None:
        credentials, reached, matters = self._credentials, self._reached, self._matters
        for output in [each for each in outputs if type(each) in matters]:
            if credentials is not None:
                if type(output) is Received:
                    credentials.take_octets(output.data, line)
                elif isinstance(output, Fact):
                    credentials.take_fact(output)
            if type(output) is Asking:
                reached[output.prompt] = None
            elif type(output) is MarkReached:
                reached[output.name] = None
            elif type(output) is Dialled:
                self._has_dialled = True
            elif type(output) is SmsSent:
                self._messages.take(output)
            elif type(output) is OnLine:
                self._look_through((output.output,), line_within(line, output.line))

    def judge(self, facts: RunFacts) -> list[ExpectationResult]:
        """Return each expectation with whether it held."""
        return self._judged(facts)

    def _judged(self, facts: RunFacts) -> list[ExpectationResult]:
        return [self._judge_one(index, expected, facts) for index, expected in enumerate(self._plan.expectations)]

    def judge_so_far(self, facts: RunFacts) -> list[ExpectationResult]:
        """Return each expectation as a run that is interrupted leaves it.

        What holds so far holds; what did not hold and never could any more did not; all else is not judged.
        """
        return [
            replace(result, held=None, found=f"the run was interrupted, and until then {result.found}", shortcoming="")
            if result.held is False and self._may_still_hold(index, expected, facts)
            else result
            for index, (expected, result) in enumerate(zip(self._plan.expectations, self._judged(facts), strict=True))
        ]

    def shortfall(self, facts: RunFacts) -> str:
        """Return why the run has tried too little for a verdict; empty if it has tried enough.

        Without this, a command that does nothing would pass every scenario.
        """
        if not facts.opened:
            return "the port was never opened"
        if self._plan.wants_no_call or facts.calls:
            return ""
        if not self._has_dialled:
            return "no call was ever dialled"
        return "no call ever reached the ISP's dialogue" if self._plan.leads_to_isp else ""

    def _judge_one(  # noqa: PLR0911 - one for each
        self, index: int, expected: Expectation, facts: RunFacts
    ) -> ExpectationResult:
        match expected:
            case PortReleased():
                return _released(expected, facts)
            case CredentialsSentOnlyAt():
                return self._sent_only_at(expected)
            case ClientExitStatus():
                return _exit_status(expected, facts)
            case Reached():
                return self._was_reached(expected, facts)
            case Calls():
                return _calls(expected, facts)
            case MessageSent():
                return self._was_sent(expected.sms_sent)
            case NoLockFileLeft():
                return _no_lock_file_left(facts)
            case _:
                if not isinstance(expected, AboutConduct):
                    assert_never(expected)
                return self._conduct[index].judge(facts)

    def _sent_only_at(self, expected: CredentialsSentOnlyAt) -> ExpectationResult:
        assert self._credentials is not None
        wanted = ", ".join(expected.credentials_sent_only_at)
        wrong = self._credentials.elsewhere(expected.credentials_sent_only_at)
        if not wrong:
            return _held(f"credentials sent only at {wanted}")
        places = ", ".join(wrong)
        shortcoming = f"credentials were also sent at: {places}"
        return ExpectationResult(f"credentials sent only at {wanted}", False, f"also at: {places}", shortcoming)

    def _was_reached(self, expected: Reached, facts: RunFacts) -> ExpectationResult:
        if not (facts.calls or facts.isp_required):
            return ExpectationResult(
                f"reached {expected.reached}", None, "no call reached the ISP, which is allowed here"
            )
        if expected.reached in self._reached:
            return _held(f"reached {expected.reached}")
        found = f"only this was: {', '.join(self._reached)}" if self._reached else "nothing was"
        was_not = f"{expected.reached!r} was not reached"
        shortcoming = f"{was_not} ({found})" if self._reached else was_not
        return ExpectationResult(f"reached {expected.reached}", False, found, shortcoming)

    def _was_sent(self, expected: SentMessage) -> ExpectationResult:
        wanted = "a message" + ("" if expected.to is None else f" to {expected.to}")
        wanted += "" if expected.text is None else f": {expected.text!r}"
        sent = ", ".join(f"{text!r} to {to}" for to, text in self._messages.messages[-3:])
        found = f"the last that were: {sent}" if sent else "none was"
        held = self._messages.has(expected.to, expected.text)
        return _result(f"sms sent: {wanted}", held, found, f"{wanted} was not sent ({found})")

    def _may_still_hold(self, index: int, expected: Expectation, facts: RunFacts) -> bool:
        """Return whether an expectation that does not hold yet could have held if the run had gone on."""
        if isinstance(expected, AboutConduct):
            return not self._conduct[index].is_broken
        match expected:
            case CredentialsSentOnlyAt():
                return False
            case Calls():
                return facts.calls < expected.calls
            case PortReleased():
                return facts.released_after is None
            case ClientExitStatus() | Reached() | NoLockFileLeft() | MessageSent():
                return True
            case _:
                assert_never(expected)


class StoryExpectations:
    """Watches a whole story for the expectations of its scenario. Each use of the port must end in time.

    Args:
        scenario: The scenario that the story plays.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._expectations = Expectations(scenario)
        self._in_use_since: float | None = None
        self._longest = 0.0
        self._calls = 0
        self._opened = False

    def take(self, record: Record) -> None:
        """Take a record."""
        self._expectations.take(record)
        match record.fact:
            case CallAnswered():
                self._calls += 1
            case PortHeld(_, state):
                self._use(state is not PortState.CLOSED, record.at)
            case PortOpened(openings) | PortClosed(openings):
                self._use(openings > 0, record.at)

    def judge(self, end: float) -> list[ExpectationResult]:
        """Return each expectation with whether it held.

        Args:
            end: When the story ends; a port in use counts as used until then.
        """
        self._use(False, end)
        return self._expectations.judge(
            RunFacts(
                self._longest,
                None,
                self._calls,
                (),
                self._opened,
                has_client=False,
                sees_speed=False,
                sees_modes=False,
                sees_locks=False,
            )
        )

    def _use(self, in_use: bool, at: float) -> None:
        self._opened = self._opened or in_use
        if in_use and self._in_use_since is None:
            self._in_use_since = at
        elif not in_use and self._in_use_since is not None:
            self._longest = max(self._longest, at - self._in_use_since)
            self._in_use_since = None


def broken(results: Iterable[ExpectationResult]) -> list[str]:
    """Return the expectations that did not hold, each as a clause."""
    return [result.shortcoming for result in results if result.held is False]


def summary(results: Sequence[ExpectationResult]) -> str:
    """Return the outcome of the expectations of a run without a command, a line for each."""
    if broken(results):
        kind = "failed: " + "; ".join(broken(results))
    elif all(result.held for result in results):
        kind = "every expectation held"
    else:
        held = any(result.held for result in results)
        kind = "every expectation that can be judged held" if held else "no expectation can be judged"
    return "\n".join([kind, *(f"  {result.describe()}" for result in results)])


def leads_to_isp(scenario: Scenario) -> bool:
    """Return whether any number, or a leased line, leads to the ISP."""
    return "isp" in scenario.outcomes


def _released(expected: PortReleased, facts: RunFacts) -> ExpectationResult:
    limit, after = f"{expected.port_released_within:g} s", facts.released_after
    if not facts.opened:
        found = shortcoming = "the port was never opened"
    elif after is None:
        found, shortcoming = "it was not released", f"the port was not released within {limit}"
    else:
        found = f"it took {after:.3f} s"
        shortcoming = f"the port was released only after {after:.3f} s, not within {limit}"
    held = facts.opened and after is not None and after <= expected.port_released_within
    return _result(f"port released within {limit}", held, found, shortcoming)


def _exit_status(expected: ClientExitStatus, facts: RunFacts) -> ExpectationResult:
    wanted = expected.client_exit_status
    if not facts.has_client:
        return ExpectationResult(f"client exit status {wanted}", None, "there is no command whose status it could be")
    found = "it has none" if facts.exit_status is None else f"it is {facts.exit_status}"
    status = "no exit status" if facts.exit_status is None else f"exit status {facts.exit_status}"
    shortcoming = f"the client has {status}, and {wanted} was expected"
    return _result(f"client exit status {wanted}", facts.exit_status == wanted, found, shortcoming)


def _calls(expected: Calls, facts: RunFacts) -> ExpectationResult:
    calls = "1 call" if facts.calls == 1 else f"{facts.calls} calls"
    expected_were = "1 was" if expected.calls == 1 else f"{expected.calls} were"
    shortcoming = f"the ISP answered {calls}, and {expected_were} expected"
    held = facts.calls == expected.calls
    return _result(f"calls {expected.calls}", held, f"there were {facts.calls}", shortcoming)


def _no_lock_file_left(facts: RunFacts) -> ExpectationResult:
    files = ", ".join(facts.locks)
    left = "a lock file is left" if len(facts.locks) == 1 else "lock files are left"
    return _result("no lock file left", not facts.locks, f"there is {files}", f"{left}: {files}")


def _result(expectation: str, held: bool, found: str, shortcoming: str) -> ExpectationResult:
    if held:
        return _held(expectation)
    return ExpectationResult(expectation, held, found, shortcoming)


@lru_cache(maxsize=64)
def _held(expectation: str) -> ExpectationResult:
    """Return that an expectation held, cached since a scenario that is played again and again has the same."""
    return ExpectationResult(expectation, True)
