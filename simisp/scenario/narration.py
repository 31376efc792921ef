"""Steps of a dialogue as numbered sentences, each level indented."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import assert_never

from simisp.scenario.deeds import WaitForStep, told_deed
from simisp.scenario.ppp_section import PppStep
from simisp.scenario.ppp_words import ppp_words, program_words
from simisp.scenario.program_section import RunStep
from simisp.scenario.slip_section import SlipStep
from simisp.scenario.steps import (
    AgainStep,
    AuthenticateStep,
    BannerStep,
    ExpectStep,
    GoToStep,
    HangUpStep,
    LabelStep,
    MarkStep,
    PauseStep,
    PromptStep,
    RepeatStep,
    SendStep,
    SilenceStep,
    Step,
    Target,
)
from simisp.scenario.values import is_pattern
from simisp.scenario.wording import how_long, quoted

__all__ = ["narrate"]

_INDENT = "   "

_PlainStep = (
    BannerStep
    | SendStep
    | PauseStep
    | SilenceStep
    | HangUpStep
    | LabelStep
    | GoToStep
    | MarkStep
    | AgainStep
    | PppStep
    | SlipStep
    | RunStep
)


def narrate(steps: Sequence[Step], indent: str = "", *, again: str = "ask again") -> Iterator[str]:
    """Yield the lines that describe an ISP's steps, one by one.

    Args:
        steps: The steps.
        indent: What stands before each line.
        again: What the step ``again`` among them does.
    """
    for number, step in enumerate(steps, 1):
        first, *more = _tell(step, again)
        yield f"{indent}{number}. {first}"
        yield from (f"{indent}{_INDENT}{line}" for line in more)


def _tell(step: Step, again: str) -> list[str]:
    """Return a step's sentence, and the lines below it."""
    match step:
        case PromptStep():
            return _prompt(step)
        case ExpectStep():
            return _expect(step)
        case WaitForStep():
            told = f"Wait until {told_deed(step.wait_for)}; input is kept meanwhile."
            return [told, *_limit(step, "Not", again="wait again")]
        case AuthenticateStep():
            return [_authenticate(step)]
        case RepeatStep():
            times = step.repeat.times
            often = "again and again" if times is None else "once" if times == 1 else f"{times} times"
            return [f"Do this {often}:", *narrate(step.repeat.steps, again=again)]
        case _:
            return [_plain(step, again)]


def _plain(step: _PlainStep, again: str) -> str:  # noqa: C901, PLR0911, PLR0912 - a table of steps
    """Return the sentence of a step that contains no other steps."""
    match step:
        case BannerStep(banner=text):
            return f"Send {quoted(text)}, on a line of its own."
        case SendStep(send=text):
            return f"Send {quoted(text)}."
        case PauseStep(pause=seconds):
            return f"Pause for {how_long(seconds)}; input is kept meanwhile."
        case SilenceStep(silence=seconds):
            how = "forever" if seconds == math.inf else f"for {how_long(seconds)}"
            return f"Fall silent {how}: nothing is answered, and input is lost."
        case HangUpStep():
            return "Hang up."
        case LabelStep(label=label):
            return f"(This place is called {quoted(label)}.)"
        case GoToStep(go_to=label):
            return f"Continue at {quoted(label)}."
        case MarkStep(mark=name):
            return f"Record {quoted(name)} in the transcript."
        case AgainStep():
            return f"{again.capitalize()}."
        case PppStep(ppp=section):
            if section.run is not None and section.is_left_to_program:
                return f"Leave the line to {program_words(section.run)}, which speaks PPP, and hang up when it ends."
            return f"Speak PPP{ppp_words(section)}."
        case SlipStep(slip=slip):
            return "Speak SLIP" + ("; ICMP echo is answered." if slip.network == "echo" else ".")
        case RunStep(run=program):
            return f"Leave the line to {program_words(program)}, and hang up when it ends."
        case _:
            assert_never(step)


def _prompt(step: PromptStep) -> list[str]:
    echo = "" if step.echoes else ", without echo"
    name = f" Remember it as {step.remembered_as}." if step.remembered_as is not None else ""
    limit = _limit(step, "No answer")
    asked = f"Ask {quoted(step.prompt)} and read a line{echo}.{name}"
    if step.expect is not None:
        return [f"{asked} {_answer(step.expect)} is correct.", *_otherwise(step.otherwise), *limit]
    if step.choices is None:
        any_will_do = [f"{asked} Any answer will do."]
        return [*(any_will_do if step.otherwise is None else [asked, *_otherwise(step.otherwise)]), *limit]
    lines = [line for answer, target in step.choices.items() for line in _lead(_answer(answer), target)]
    return [asked, *lines, *_otherwise(step.otherwise), *limit]


def _limit(step: PromptStep | WaitForStep, missing: str, *, again: str = "ask again") -> list[str]:
    """Return what follows if the caller does not answer, or do something, in time."""
    if step.within is None:
        return []
    late = f"{missing} within {how_long(step.within)}"
    return [f"- {late}: hang up."] if step.too_late is None else list(_lead(late, step.too_late, again=again))


def _expect(step: ExpectStep) -> list[str]:
    echo = "" if step.echo else ", without echo"
    name = f" Remember it as {step.read}." if step.read is not None else ""
    told = f"Read a line{echo}, until it is {_answer(step.expect)}.{name}"
    return [told] if step.otherwise is None else [told, *_otherwise(step.otherwise)]


def _authenticate(step: AuthenticateStep) -> str:
    asked = step.authenticate
    end = "After the first" if asked.attempts == 1 else f"After {asked.attempts} of them"
    return (
        f"Ask {quoted(asked.user)}, then {quoted(asked.password)} without echo, and check them against the accounts. "
        f"The reply to a wrong log-in is {quoted(asked.refusal)}. {end} hang up."
    )


def _otherwise(target: Target | None) -> list[str]:
    return list(_lead("Anything else", target if target is not None else "again"))


def _lead(answer: str, target: Target, *, again: str = "ask again") -> Iterator[str]:
    """Yield the lines that say where an answer leads."""
    if isinstance(target, str):
        leads = {"next": "go on", "again": again}.get(target, f"go on at {quoted(target)}")
        yield f"- {answer}: {leads}."
    else:
        yield f"- {answer}:"
        yield from narrate(target, _INDENT, again=again)


def _answer(text: str) -> str:
    return f"whatever matches {quoted(text)[1:-1]}" if is_pattern(text) else quoted(text)
