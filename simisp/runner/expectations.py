"""The scenario's expectations, watched during the run and judged at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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
from simisp.transcript.record import Batch, line_within, records_of

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
        held: The result of each of them where it holds, which begins with what is expected.
        words: The words that may be sent at certain prompts alone; None if no expectation is about them.
        allowed: The prompts that all such expectations allow.
        matters: What of a line's outputs is of interest: octets of the client only if words are.
        needs_records: Whether octets and facts alone do not do: some expectations ask when something was, and of which
            side.
        leads_to_isp: Whether any number leads to the ISP.
        wants_no_call: Whether a run without a call is a whole one.
    """

    __slots__ = (
        "_conduct",
        "_scenario",
        "allowed",
        "expectations",
        "held",
        "leads_to_isp",
        "matters",
        "needs_records",
        "wants_no_call",
        "words",
    )

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.expectations: Sequence[Expectation] = scenario.expect
        self.held = [ExpectationResult(_in_words(each), True) for each in scenario.expect]
        self._conduct: Mapping[int, ClientConduct] = {
            index: each for index, each in enumerate(scenario.expect) if isinstance(each, AboutConduct)
        }
        self.needs_records = bool(self._conduct)
        self.words: tuple[str, ...] | None = None
        self.allowed: frozenset[str] = frozenset()
        self.matters: frozenset[type[Output]] = _WATCHED | {OnLine}
        prompts = [
            set(each.credentials_sent_only_at) for each in scenario.expect if isinstance(each, CredentialsSentOnlyAt)
        ]
        if prompts:
            self.allowed = frozenset(set.intersection(*prompts))
            self.words = tuple(word for pair in scenario.accounts for word in pair)
            self.matters = self.matters | SentWords.watched | {Received}
        self.leads_to_isp = leads_to_isp(scenario)
        self.wants_no_call = any(
            isinstance(each, MessageSent) or (isinstance(each, Calls) and each.calls == 0) for each in scenario.expect
        )

    def new_watches(self) -> dict[int, ConductWatch]:
        """Return what watches the client's conduct in one run, by the expectation's index."""
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
        self._credentials = None if plan.words is None else SentWords(plan.words, plan.allowed)
        self._matters = plan.matters
        self._conduct = plan.new_watches() if plan.needs_records else {}
        self._reached: dict[str, None] = {}  # in chronological order
        self._messages = SentMessages()
        self._has_dialled = False

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
            self._look_through(((record.at, record.line, (record.fact,)),))
        elif record.source is Source.CLIENT:
            self._look_through(((record.at, record.line, (Received(record.fact.data),)),))

    def take_batches(self, batches: Sequence[Batch]) -> None:
        """Take what lines have put out at one time after the other, which comes to the same as to take its records."""
        if self._conduct:
            for at, line, outputs in batches:
                for record in records_of(outputs, at=at, line=line):
                    self.take_conduct(record)
        self._look_through(batches)

    def _look_through(self, batches: Iterable[Batch]) -> None:
        credentials, reached, matters = self._credentials, self._reached, self._matters
        for at, line, outputs in batches:
            for output in outputs:
                if type(output) not in matters:
                    continue
                if type(output) is Received:
                    if credentials is not None:
                        credentials.take_octets(output.data, line)
                elif type(output) is Asking:
                    reached[output.prompt] = None
                    if credentials is not None:
                        credentials.take_fact(output)
                elif type(output) is MarkReached:
                    reached[output.name] = None
                else:
                    self._take_other(output, at, line)

    def _take_other(self, output: Output, at: float, line: str) -> None:
        """Take an output of the kinds that come once in a call, or seldom."""
        if type(output) is Dialled:
            self._has_dialled = True
        elif type(output) is SmsSent:
            self._messages.take(output)
        elif type(output) is OnLine:
            self._look_through(((at, line_within(line, output.line), (output.output,)),))
        elif self._credentials is not None and isinstance(output, Fact):
            self._credentials.take_fact(output)

    def judge(self, facts: RunFacts) -> list[ExpectationResult]:
        """Return each expectation with whether it held."""
        return self._judged(facts)

    def _judged(self, facts: RunFacts) -> list[ExpectationResult]:
        return [self._judge_one(index, expected, facts) for index, expected in enumerate(self._plan.expectations)]

    def _judge_one(  # noqa: PLR0911 - one for each
        self, index: int, expected: Expectation, facts: RunFacts
    ) -> ExpectationResult:
        held = self._plan.held[index]
        match expected:
            case PortReleased():
                return _was_released(expected, held, facts)
            case CredentialsSentOnlyAt():
                return self._were_sent_there(expected, held)
            case ClientExitStatus():
                return _has_status(expected, held, facts)
            case Reached():
                return self._was_reached(expected, held, facts)
            case Calls():
                return _were_answered(expected, held, facts)
            case MessageSent():
                return self._was_sent(expected, held)
            case NoLockFileLeft():
                return _is_none_left(held, facts)
            case _:
                if not isinstance(expected, AboutConduct):
                    assert_never(expected)
                return self._conduct[index].judge(facts)

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

    def _were_sent_there(self, expected: CredentialsSentOnlyAt, held: ExpectationResult) -> ExpectationResult:
        assert self._credentials is not None
        wrong = self._credentials.elsewhere(expected.credentials_sent_only_at)
        if not wrong:
            return held
        places = ", ".join(wrong)
        return _broken(held, f"also at: {places}", f"credentials were also sent at: {places}")

    def _was_reached(self, expected: Reached, held: ExpectationResult, facts: RunFacts) -> ExpectationResult:
        if not (facts.calls or facts.isp_required):
            return ExpectationResult(held.expectation, None, "no call reached the ISP, which is allowed here")
        if expected.reached in self._reached:
            return held
        was_not = f"{expected.reached!r} was not reached"
        if not self._reached:
            return _broken(held, "nothing was", was_not)
        found = f"only this was: {', '.join(self._reached)}"
        return _broken(held, found, f"{was_not} ({found})")

    def _was_sent(self, expected: MessageSent, held: ExpectationResult) -> ExpectationResult:
        wanted = expected.sms_sent
        if self._messages.has(wanted.to, wanted.text):
            return held
        sent = ", ".join(f"{text!r} to {to}" for to, text in self._messages.messages[-3:])
        found = f"the last that were: {sent}" if sent else "none was"
        return _broken(held, found, f"{_message_in_words(wanted)} was not sent ({found})")

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


def _was_released(expected: PortReleased, held: ExpectationResult, facts: RunFacts) -> ExpectationResult:
    after, limit = facts.released_after, expected.port_released_within
    if facts.opened and after is not None and after <= limit:
        return held
    if not facts.opened:
        found = shortcoming = "the port was never opened"
    elif after is None:
        found, shortcoming = "it was not released", f"the port was not released within {limit:g} s"
    else:
        found = f"it took {after:.3f} s"
        shortcoming = f"the port was released only after {after:.3f} s, not within {limit:g} s"
    return _broken(held, found, shortcoming)


def _has_status(expected: ClientExitStatus, held: ExpectationResult, facts: RunFacts) -> ExpectationResult:
    wanted, status = expected.client_exit_status, facts.exit_status
    if not facts.has_client:
        return ExpectationResult(held.expectation, None, "there is no command whose status it could be")
    if status == wanted:
        return held
    found = "it has none" if status is None else f"it is {status}"
    has = "no exit status" if status is None else f"exit status {status}"
    return _broken(held, found, f"the client has {has}, and {wanted} was expected")


def _were_answered(expected: Calls, held: ExpectationResult, facts: RunFacts) -> ExpectationResult:
    if facts.calls == expected.calls:
        return held
    calls_were = "1 call was" if facts.calls == 1 else f"{facts.calls} calls were"
    expected_were = "1 was" if expected.calls == 1 else f"{expected.calls} were"
    shortcoming = f"{calls_were} answered, and {expected_were} expected"
    return _broken(held, f"there were {facts.calls}", shortcoming)


def _is_none_left(held: ExpectationResult, facts: RunFacts) -> ExpectationResult:
    if not facts.locks:
        return held
    files = ", ".join(facts.locks)
    left = "a lock file is left" if len(facts.locks) == 1 else "lock files are left"
    return _broken(held, f"there is {files}", f"{left}: {files}")


def _in_words(expected: Expectation) -> str:  # noqa: PLR0911 - one for each
    """Return an expectation as written in the scenario; empty if it is about conduct, which its watch words."""
    match expected:
        case PortReleased():
            return f"port released within {expected.port_released_within:g} s"
        case CredentialsSentOnlyAt():
            return f"credentials sent only at {', '.join(expected.credentials_sent_only_at)}"
        case ClientExitStatus():
            return f"client exit status {expected.client_exit_status}"
        case Reached():
            return f"reached {expected.reached}"
        case Calls():
            return f"calls {expected.calls}"
        case MessageSent():
            return f"sms sent: {_message_in_words(expected.sms_sent)}"
        case NoLockFileLeft():
            return "no lock file left"
        case _:
            if not isinstance(expected, AboutConduct):
                assert_never(expected)
            return ""


def _message_in_words(message: SentMessage) -> str:
    to = "" if message.to is None else f" to {message.to}"
    return f"a message{to}" + ("" if message.text is None else f": {message.text!r}")


def _broken(held: ExpectationResult, found: str, shortcoming: str) -> ExpectationResult:
    """Return the result of an expectation that did not hold."""
    return ExpectationResult(held.expectation, False, found, shortcoming)
