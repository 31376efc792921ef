"""What the plan ``standard`` changes in the scenario itself: the exchange, result codes, prompts and questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from simisp.facts.sources import Source
from simisp.scenario.load import LoadedScenario
from simisp.scenario.steps import AuthenticateStep
from simisp.sweep.case import Case, Overlay, YamlValue
from simisp.sweep.overlay import plain_scenario
from simisp.sweep.plans.spots import beginnings
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["changes"]

_PLAN = "standard"
_OUTCOMES = ("busy", "no answer", "no dial tone", "no carrier", "voice")
_INSTEAD = {
    "OK": ("ERROR", "0", "NO CARRIER"),
    "CONNECT": (
        "CONNECT", "CONNECT 115200/ARQ/V90/LAPM/V42BIS", "1", "BUSY", "NO ANSWER", "NO CARRIER", "NO DIALTONE",
        "NO DIAL TONE", "ERROR", "7", "3",
    ),
}  # fmt: skip
"""The result codes that come in place of one: other ones, and the same in another form."""
_EXTRA = "Terminal type?"
_TALKING = {"banner", "send", "prompt", "authenticate"}
"""The steps in which the ISP says something. After the last of them no client could know of a question."""


def changes(scenario: LoadedScenario, undisturbed: Undisturbed) -> Iterator[Case]:
    """Yield the cases in which more than octets on their way are changed."""
    yield from _outcomes(scenario)
    yield from _result_codes(undisturbed)
    yield from _modem()
    yield from _prompts(undisturbed)
    yield from _dialogue(scenario)


def _case(row: str, words: str, overlay: Overlay, position: int = 0) -> Case:
    return Case(f"{row}: {words}" if words else row, _PLAN, row, position, overlay)


def _fault(kind: str, **told: YamlValue) -> Overlay:
    return {"line": {"faults": [{"fault": kind, **told}]}}


def _outcomes(scenario: LoadedScenario) -> Iterator[Case]:
    numbers = scenario.model.exchange.numbers
    for outcome in _OUTCOMES:
        leads = {"default": outcome, **dict.fromkeys(numbers, outcome)}
        yield _case("the call fails", outcome, {"exchange": leads})


def _result_codes(undisturbed: Undisturbed) -> Iterator[Case]:
    said = b"".join(piece.data for piece in undisturbed.pieces_of(Source.MODEM)).decode("latin-1")
    for code, others in _INSTEAD.items():
        sent = dict.fromkeys(re.findall(rf"^{code}\b[^\r\n]*", said, re.MULTILINE))
        for text in sent:
            for other in others:
                if other != text:
                    overlay = _fault("replace", replace=text, **{"with": other})
                    yield _case("another result code", f"{other} in place of {text}", overlay, said.index(text))


def _modem() -> Iterator[Case]:
    yield _case("echo of commands", "off", {"modem": {"factory": {"E": "0"}}})
    yield _case("echo of commands", "late", {"modem": {"manners": {"late echo": "yes"}}})
    yield _case("numeric result codes", "", {"modem": {"factory": {"V": "0"}}})
    yield _case("the ISP speaks seven bits", "", {"isp": {"framing": "7E1"}})


def _prompts(undisturbed: Undisturbed) -> Iterator[Case]:
    prompts = {prompt.text: prompt for prompt in undisturbed.prompts if prompt.text.strip()}
    for text, prompt in prompts.items():
        twice = _fault("replace", replace=text, **{"with": f"{text}\n{text}"})
        yield _case("a prompt twice", repr(text), twice, prompt.position)
        other = _fault("replace", replace=text, **{"with": "? "})
        yield _case("another prompt", repr(text), other, prompt.position)
    for spot in beginnings(undisturbed, Source.ISP):
        for text, prompt in prompts.items():
            if spot.position <= prompt.position:
                banner = f"\nWelcome. At {text} answer as you were told.\n"
                overlay: Overlay = {"line": {"faults": [spot.fault("insert", insert=banner)]}}
                yield _case("a prompt inside a banner", f"{text!r} {spot.words}", overlay, spot.position)


def _dialogue(scenario: LoadedScenario) -> Iterator[Case]:
    """Yield an extra question before each step, and a log-in that is refused."""
    isp = plain_scenario(scenario).get("isp")
    if not isinstance(isp, dict):
        return
    dialogues = {"": isp["dialogue"]} if "dialogue" in isp else isp.get("dialogues") or {}
    assert isinstance(dialogues, dict)
    for name, steps in dialogues.items():
        assert isinstance(steps, Sequence)
        talking = [
            index
            for index, step in enumerate(steps)
            if _TALKING & (step.keys() if isinstance(step, Mapping) else {step})
        ]
        for index in range(max(talking, default=-1) + 1):
            longer = [*steps[:index], {"prompt": _EXTRA}, *steps[index:]]
            where = f"before step {index + 1}" + (f" of {name}" if name else "")
            yield _case("an extra question", where, _dialogue_of(name, longer))
        refused = [_refused(step) for step in steps]
        if refused != list(steps):
            yield _case("every log-in refused", name, _dialogue_of(name, refused))


def _dialogue_of(name: str, steps: Sequence[YamlValue]) -> Overlay:
    return {"isp": {"dialogues": {name: steps}} if name else {"dialogue": steps}}


def _refused(step: YamlValue) -> YamlValue:
    """Return a step, or in place of a log-in one that refuses whatever comes and hangs up then."""
    if step != "authenticate" and not (isinstance(step, Mapping) and "authenticate" in step):
        return step
    told = step.get("authenticate") if isinstance(step, Mapping) else None
    asked = AuthenticateStep.model_validate({"authenticate": told or {}}).authenticate
    question = [{"prompt": asked.user}, {"prompt": asked.password}, {"send": asked.refusal}]
    return {"repeat": {"times": str(asked.attempts), "steps": question}}
