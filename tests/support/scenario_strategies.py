"""Hypothesis strategies for scenarios: every value of every field that the models have, out of the models themselves.

A field of a new kind fails at once with its name: its values belong into ``_KINDS``.
"""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from hypothesis import strategies as st
from typing_extensions import TypeAliasType

from simisp.line.faults.table import FAULTS, FaultKind
from simisp.line.incoming import SHORTEST_PERIOD
from simisp.scenario import (
    cellular_section,
    messages,
    modem_ports,
    modem_rows,
    port_sections,
    ppp_section,
    program_section,
    slip_section,
    steps,
    values,
)
from simisp.scenario.calls_in import CallInSection
from simisp.scenario.cellular_section import ClockText
from simisp.scenario.deeds import DeedSection, WaitForStep
from simisp.scenario.fault_item import FaultItem, WhenSection, fault_fields
from simisp.scenario.later import model_in
from simisp.scenario.line_section import LineSection
from simisp.scenario.model import ExchangeSection, IspSection, ModemSection, OwnLineSection, Scenario
from simisp.scenario.steps import Strict
from simisp.scenario.trigger_item import TriggerItem
from simisp.scenario.unsolicited_section import UnsolicitedSection
from simisp.scenario.whole import Whole

TRAPS = [
    "yes", "No", "y", "off", "TRUE", "null", "~", "<<", "=", "1e3", "0x1f", "0o17", "017", "1_000", "1:30", "1.5",
    ".inf", "-.INF", ".NaN", "+1", "-1", "2026-11-23", "2001-12-14t21:59:43.10-05:00", "- a", "-", "---", "...", "? a",
    "?", ": a", "a: b", "a:", ":", "a #b", "a#b", "#a", "&a", "*a", "!a", "!!str a", "|", ">", "%a", "@a", "`a", "'a'",
    '"a"', "\\", "\\n", "{a}", "[a]", "a, b", "a,b", "[", "{{a}}", "/a/", "/", " a", "a ", "a  b", "\t", "\ta", "a\t",
    "\n", "a\n", "\na", "a\nb", "a\nb\n", "a\n\n", " a\nb", "a\n b\n", "a\n  \nb", "a\n\nb\n", "a \nb", "a\r\nb", "\r",
    "a\n# b\nc", "a\n---\nb\n", "a\n: b\n- c\n", "\0", "\x07", "\x1b[2J", "\x7f", "\x85", "\x9b", "\xa0", "\xff",
    "\xad", "next", "again", "forever", "silence", "step:send", "[key]", "dialling", "default", "x" * 64, "e\u0301",
]  # fmt: skip
WIDE = ["\u2028", "\u2029", "a\u2029b\n", "\ufeff", "\ufffe", "\uffff", "\u202e", "\U0001f4de", "\U0010ffff", "€\n€"]


def _texts(least: int = 0, most: int | None = None, last: int = 0x10FFFF) -> st.SearchStrategy[str]:
    """Return texts, of octets when ``last`` is one."""
    characters = st.characters(max_codepoint=last, exclude_categories=["Cs"])
    traps = [text for text in (*TRAPS, *WIDE, "a" * 1100) if least <= len(text) <= (most or 2000)]
    return briefly(
        st.one_of(
            st.sampled_from([text for text in traps if not text or max(map(ord, text)) <= last]),
            st.text(characters, min_size=least, max_size=min(most or 12, 12)),
            st.text(st.sampled_from("ab1 \n:#-,[{\t"), min_size=least, max_size=min(most or 12, 12)),
        )
    )


def briefly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the same strategy with a short name: a failure shows the example, and not all that could have been."""

    @st.composite
    def value(draw: st.DrawFn) -> Any:
        return draw(strategy)

    return value()


_OCTETS = _texts(last=0xFF)
_ANSWERS = _texts(1, last=0xFF).filter(lambda text: not (len(text) > 1 and text[0] == text[-1] == "/"))
_PATTERNS = st.sampled_from(["/p(pp)?/", "/[0-9]{1,3}/", "/.*/", "/(?i:yes|no): #1/", "/\xff\\n/"])
_LABELS = _texts(1, 64).filter(lambda text: not text[0].isspace() and not set("{}/") & set(text))
_COMMANDS = ["+CSQ", "+CSQ?", "I3", '+CGDCONT=1,"IP"', "D*99#", "S7=60", "%C1", "/.*/", r"/\+CREG=(?P<n>\d)/", "E"]
_LINES = _texts(0, 64, last=0x7E).filter(str.isprintable)
_NO_NUMBERS = _LINES.filter(lambda text: not re.match(r"[-+.0-9]", text))
_YEAR = 366 * 86400.0
_DURATIONS = st.one_of(
    st.sampled_from([0.0, 0.001, 0.003, 0.25, 0.9999, 1.0, 5e-324, 1e-7, 59.5, 120.0, 180.0, 3600.0, 86400.0, _YEAR]),
    st.floats(0, _YEAR),
    st.integers(0, int(_YEAR)).map(float),
    st.integers(0, 10_000).map(lambda milliseconds: milliseconds / 1000),
)
_PERIODS = st.one_of(st.sampled_from([SHORTEST_PERIOD, 6.0]), st.floats(SHORTEST_PERIOD, _YEAR))
_PROGRAM_WORDS = _texts().filter(lambda text: "\0" not in text)
_KINDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (messages.SenderText, st.sampled_from(["+31624000001", "123", "INFO", "*100#", "#1: b"])),
    (messages.MessageText, _texts(last=0x7E)),
    (messages.CentreText, st.sampled_from(["", "+31624000000", "31624000000"])),
    (values.Title, _texts(1)),
    (values.Words, _texts()),
    (values.Text, _OCTETS),
    (values.SentText, _texts(1, last=0xFF)),
    (values.AnswerText, _ANSWERS | _PATTERNS),
    (values.CredentialText, _texts(1, 255, last=0xFF)),
    (values.LabelName, _LABELS),
    (values.ReadName, st.from_regex(r"\w{1,64}", fullmatch=True).filter(lambda name: len(name) <= 64)),
    (values.LockName, st.from_regex(r"LCK\.\.[!-.0-~]{1,20}", fullmatch=True)),
    (values.NumberText, st.from_regex(values.NUMBER, fullmatch=True)),
    (values.OwnNumber, st.from_regex(values.NUMBER, fullmatch=True)),
    (port_sections.SentenceInterval, st.floats(0.001, 3600.0)),  # before what it is made of: the first that fits counts
    (values.DurationValue, _DURATIONS),
    (cellular_section.UssdCode, st.sampled_from(["*100#", "#1#", "7", "*#06#"])),
    (cellular_section.Signal, st.integers(0, 31) | st.just(99)),
    (ClockText, st.sampled_from(["26/01/01,00:00:00+00", "24/02/29,23:59:59-20"])),
    (values.SilenceValue, st.just(math.inf) | _DURATIONS),
    (values.TimeLimit, st.floats(0.01, _YEAR)),
    (values.YesNo, st.booleans()),
    (values.Seed, st.integers()),
    (values.Rate, st.integers(50, 10_000_000)),
    (values.Count, st.integers(1, 1000)),
    (modem_rows.ProfileName, st.sampled_from(["hayes", "v250", "gsm", "none", "simcom-7600"])),
    (modem_rows.CommandText, st.sampled_from(_COMMANDS)),
    (modem_rows.ConnectText, st.integers(50, 10_000_000) | _NO_NUMBERS),
    (modem_rows.ResultCodeName, st.sampled_from(["OK", "NO CARRIER", "CONNECT", "BUSY"])),
    (modem_rows.ResultCodeValue, st.integers(0, 999) | _NO_NUMBERS.filter(bool)),
    (modem_rows.SettingText, _LINES.filter(bool)),
    (modem_rows.RegisterName, st.integers(0, 255).map("S{}".format)),
    (modem_rows.RegisterValue, st.integers(0, 255)),
    (modem_rows.RateOfPort, st.sampled_from([300, 9600, 230400])),
    (values.Probability, st.floats(0, 1, exclude_min=True)),
    (modem_ports.PortNames, st.sampled_from([["at"], ["ppp", "nmea"], ["at", "at2", "ppp", "diag", "nmea10"]])),
    (port_sections.SentenceText, st.sampled_from(["RMC", "GGA", "GPTXT,01,01,02,a", "P # : {}"])),
    (port_sections.PositionText, st.sampled_from(["0, 0", "-33.9,151.2", " 90 , -180.000 "])),
    (ppp_section.DnsServers, st.lists(st.sampled_from(["10.0.0.53", "192.0.2.1"]), max_size=2)),
    (ppp_section.IpAddress, st.sampled_from(["10.0.0.3", "0.0.0.1", "255.255.255.255"])),
    (ppp_section.BehaviourName, st.sampled_from(["silent in LCP", "NO CARRIER as text"])),
    (program_section.CommandWords, st.lists(_PROGRAM_WORDS, min_size=1, max_size=3).filter(lambda them: them[0] != "")),
    (program_section.ProgramWord, _PROGRAM_WORDS),
    (program_section.VariableName, st.sampled_from(["HOME", "yes", "1", "a b", "~"])),
    (port_sections.MomentText, st.datetimes().map(str)),
]


class Models:
    """Strategies for the models.

    Args:
        instead: Strategies that stand in for a field's, by ``(model, field)``, or for a whole kind of step's, by model.
    """

    def __init__(self, instead: Mapping[object, st.SearchStrategy[Any]] | None = None) -> None:
        self._instead = {(CallInSection, "every"): _PERIODS} | dict(instead or {})
        self._known: dict[str, st.SearchStrategy[Any]] = {}

    def model(self, kind: type[Strict]) -> st.SearchStrategy[Any]:
        """Return any instance of a model, each of its optional fields given or not."""
        if kind in (
            cellular_section.CellularChangeSection,
            modem_rows.ReplyPart,
            UnsolicitedSection,
            DeedSection,
            TriggerItem,
            ppp_section.PppSection,
        ):
            return self._consistent(kind)
        if kind in self._instead:
            return self._instead[kind]
        if kind.__name__ not in self._known:
            self._known[kind.__name__] = st.deferred(lambda: self._built(kind))
        return self._known[kind.__name__]

    def _consistent(self, kind: type[Strict]) -> st.SearchStrategy[Any]:
        """Return instances of a model whose fields exclude each other, each of them given in one of the instances."""
        answers, waits = _OCTETS, st.floats(0.01, 60.0)
        if kind is modem_rows.ReplyPart:
            wholes = st.builds(kind, answer=answers, after=waits) | st.builds(kind, answer=answers, result=answers)
            changes = st.builds(kind, state=self.model(cellular_section.CellularStateSection), send=answers)
            return wholes | st.builds(kind, send=answers, after=waits) | changes
        if kind is ppp_section.PppSection:
            programs = st.builds(kind, run=self.model(program_section.ProgramSection))
            return programs | self._built(kind, without="run").filter(lambda ppp: ppp.network not in ("run", "slip"))
        if kind is cellular_section.CellularChangeSection:
            signals = st.builds(kind, at=waits, signal=st.integers(0, 31))
            return signals | st.builds(kind, at=waits, registration=st.just("lost"), domain=st.just("ps"))
        if kind is DeedSection:
            ways = ({"dtr": False}, {"rts": True}, {"speed": 2400}, {"break": "sent"}, {"port": "closed"})
            return st.sampled_from([kind(**way) for way in ways])
        if kind is TriggerItem:
            results, does = st.sampled_from(["BUSY", "NO CARRIER"]), st.sampled_from(["drop carrier", "hang up"])
            fields = {"on": self._consistent(DeedSection), "after": waits, "times": st.integers(1, 9)}
            acts = {"send": _texts(1, last=0xFF), "result": results, "silence": waits, "do": does}
            return st.one_of(*(st.builds(kind, **{**fields, name: act}) for name, act in acts.items()))
        commands, answers = st.sampled_from(_COMMANDS), answers.filter(bool)
        tied = [st.builds(kind, **{name: commands}, send=answers) for name in ("before_answer_to", "inside_answer_to")]
        events = st.sampled_from(["port opened", "reset", "ring", "connect", "call ended"])
        by_time = st.builds(kind, send=answers, every=waits, times=st.integers(1, 9), after=waits, on=events)
        return st.one_of(*tied, by_time, st.builds(kind, send=answers, after_command=commands, delay=waits))

    def with_every_field(self, kind: type[Strict]) -> st.SearchStrategy[Any]:
        """Return instances of a model that have each of its fields given."""
        return briefly(self._built(kind, everything=True))

    def _built(self, kind: type[Strict], *, everything: bool = False, without: str = "") -> st.SearchStrategy[Any]:
        hints = typing.get_type_hints(kind, include_extras=True)
        given: dict[str, st.SearchStrategy[Any]] = {}
        optional: dict[str, st.SearchStrategy[Any]] = {}
        for name, field in kind.model_fields.items():
            if name == without:
                continue
            strategy = self._instead.get((kind, name))
            if strategy is None:
                strategy = self._of(hints[name], least=_least(field.metadata))
            (given if everything or field.is_required() else optional)[name] = strategy
        fields = st.fixed_dictionaries(given, optional=optional)
        if kind is ExchangeSection:
            numbers = self._of(hints["__pydantic_extra__"])
            fields = st.tuples(fields, numbers).map(lambda both: {**both[1], **both[0]})
        return fields.map(lambda them: kind(**them))

    def _of(self, hint: Any, least: int = 0) -> st.SearchStrategy[Any]:
        for kind, strategy in _KINDS:
            if _is(hint, kind):
                return strategy
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if isinstance(hint, TypeAliasType):
            return self._of(hint.__value__)
        if (model := model_in(hint)) is not None:
            assert issubclass(model, Strict)
            return self.model(model)
        if hint in (None, type(None)):
            return st.none()
        if origin is Literal:
            return st.sampled_from(args)
        if origin in (typing.Union, types.UnionType):
            return st.one_of([self._of(arg, least) for arg in args if arg is not type(None)])  # None is to leave it out
        if origin is list:
            return st.lists(self._of(args[0]), min_size=least, max_size=3)
        if origin is dict:
            return st.dictionaries(self._of(args[0]), self._of(args[1]), min_size=least, max_size=3)
        whole = next((mark for mark in args[1:] if isinstance(mark, Whole)), None) if origin is Annotated else None
        if whole is not None:
            numbers = st.integers(whole.least, whole.most)
            return numbers | st.just(whole.word) if whole.word else numbers
        if origin is Annotated and args[0] is str:
            bounds = [bound for field in args[1:] for bound in getattr(field, "metadata", ())]
            pattern = next((bound.pattern for bound in bounds if hasattr(bound, "pattern")), None)
            return _texts() if pattern is None else st.from_regex(pattern, fullmatch=True).filter(str.isprintable)
        if origin is Annotated:
            return self._of(args[0], max([least, *(_least(getattr(about, "metadata", [])) for about in args[1:])]))
        raise AssertionError(f"no values are known for {hint}")


def _is(hint: Any, kind: Any) -> bool:
    """Return whether a hint is a kind of value, a tag of a union behind it or not."""
    kinds, found = typing.get_args(kind), typing.get_args(hint)
    return typing.get_origin(hint) is Annotated and found[: len(kinds)] == kinds


def _least(metadata: list[Any]) -> int:
    return max((bound.min_length for bound in metadata if hasattr(bound, "min_length")), default=0)


SCENARIOS = briefly(Models().model(Scenario))
"""Any instance, what only the whole language refuses (an unknown label) too."""


def _right_dialogues() -> Models:
    """Return strategies for dialogues in which each label, name and loop is right."""
    octets = _OCTETS.map(lambda text: text.replace("{", "(").replace("}", ")"))
    labels = st.sampled_from(["next", "again", "top", "yes"])
    waits = st.just(steps.PauseStep(pause=1.0))
    places = st.sampled_from(["top", "yes"])
    instead: dict[object, st.SearchStrategy[Any]] = {
        steps.LabelStep: st.builds(steps.MarkStep, mark=_LABELS),
        steps.AgainStep: waits,
        ppp_section.PppStep: st.just(ppp_section.PppStep(ppp=ppp_section.PppSection(mru=576))),
        steps.GoToStep: st.builds(steps.GoToStep, go_to=places),
        (steps.BannerStep, "banner"): octets,
        (steps.SendStep, "send"): octets,
        (steps.PromptStep, "prompt"): octets,
        (steps.PromptStep, "choices"): st.dictionaries(_ANSWERS, labels, max_size=3),
        (steps.PromptStep, "otherwise"): labels,
        (steps.PromptStep, "too_late"): labels,
        (WaitForStep, "too_late"): labels,
        (steps.ExpectStep, "otherwise"): labels,
        **{(steps.Authentication, name): octets for name in ("user", "password", "refusal")},
    }
    models = Models(instead)
    inner = st.deferred(lambda: st.lists(models._of(steps.Step), max_size=3))
    models._instead[steps.Repetition, "steps"] = st.tuples(waits, inner).map(lambda both: [both[0], *both[1]])
    models._instead[steps.PromptStep] = models._built(steps.PromptStep).filter(
        lambda step: (step.expect is None or step.choices is None) and (step.too_late is None or step.within)
    )
    models._instead[WaitForStep] = models._built(WaitForStep).filter(lambda step: step.too_late is None or step.within)
    return models


def _up_to_a_hand_over(dialogue: list[Any]) -> tuple[list[Any], bool]:
    """Return the steps up to the first that hands the call over, behind which none may be, and whether there is one."""
    for index, step in enumerate(dialogue):
        if isinstance(step, ppp_section.PppStep | slip_section.SlipStep | program_section.RunStep):
            return dialogue[: index + 1], True
        if isinstance(step, steps.RepeatStep):
            inner, is_over = _up_to_a_hand_over(step.repeat.steps)
            if is_over:
                repeat = step.repeat.model_copy(update={"steps": inner})
                return [*dialogue[:index], step.model_copy(update={"repeat": repeat})], True
    return dialogue, False


def _right(dialogues: dict[str, list[Any]], several: bool, framing: str, accounts: dict[str, str]) -> IspSection:
    begun = {
        name: [
            *(part for label in ("top", "yes") for part in (steps.LabelStep(label=label), _WAIT)),
            *_up_to_a_hand_over(dialogue)[0],
        ]
        for name, dialogue in dialogues.items()
    }
    named: dict[str, Any] = {"accounts": accounts, "framing": framing}
    if not begun:
        return IspSection(**named)
    if several:
        return IspSection(dialogues=begun, calls=[*begun, next(iter(begun))], **named)
    return IspSection(dialogue=next(iter(begun.values())), **named)


def _plain(modem: ModemSection) -> ModemSection:
    """Return a modem without what is checked against its other parts."""
    is_cellular = modem.profile in {"gsm", "simcom-7600"}
    cellular = {} if is_cellular else {"cellular": None}
    return modem.model_copy(update={"commands": {}, "registers": {}, "factory": {}, **cellular})


def _right_lines(scenario: Scenario) -> dict[str, object]:
    """Return a number of lines that the modem allows, and hunt groups of these lines."""
    modem, exchange = scenario.modem, scenario.exchange
    is_one = modem.cmux is not None
    lines = None if is_one else scenario.lines
    if isinstance(lines, list):
        lines = [OwnLineSection(**({"number": line.number} if line.number else {})) for line in lines]
    count = len(lines) if isinstance(lines, list) else lines
    groups = {number: group for number, group in exchange.hunt_groups.items() if max(group) <= (count or 0)}
    return {"lines": lines, "exchange": exchange.model_copy(update={"hunt_groups": groups})}


def _right_fault(kind: FaultKind, item: FaultItem) -> FaultItem:
    """Return a fault that is told what belongs to its kind, and nothing else."""
    told: dict[str, Any] = {
        "by": 0.25, "rate": 0.5, "octets": 3, "size": 2, "gap": 0.5, "ends": "lf", "insert": "x", "replace": "a",
        "instead": "b", "process": "command", "signal": "SIGTERM", "send": "AT",
    }  # fmt: skip
    may = fault_fields(kind.parameters)
    update: dict[str, Any] = {"fault": kind.word, **{name: told[name] if name in may else None for name in told}}
    if kind.fixed:
        update |= {"side": None, "direction": None}
    if not kind.lasts:
        update["lasts"] = None
    after = item.after and next((key for key in WhenSection.model_fields if getattr(item.after, key) is not None), None)
    update["after"] = WhenSection(**{after: getattr(item.after, after)}) if item.after and after else None
    return item.model_copy(update=update)


_FAULT_ITEMS = st.builds(_right_fault, st.sampled_from(list(FAULTS.values())), Models().model(FaultItem))
_FAULTY_LINES = st.builds(
    lambda pace, faults: LineSection(faults=faults, **pace),
    st.fixed_dictionaries({}, optional={"pace": st.integers(50, 10_000_000)}),
    st.lists(_FAULT_ITEMS, max_size=3),
)
_WAIT = steps.PauseStep(pause=1.0)
_MODELS = _right_dialogues()
RIGHT_SCENARIOS = briefly(
    st.builds(
        lambda scenario, isp, line: scenario.model_copy(
            update={"isp": isp, "line": line, "expect": [], "modem": _plain(scenario.modem)} | _right_lines(scenario)
        ),
        SCENARIOS,
        st.builds(
            _right,
            st.dictionaries(_LABELS, st.lists(_MODELS._of(steps.Step), max_size=4), max_size=3),
            st.booleans(),
            st.sampled_from(["8N1", "7E1", "7O1"]),
            st.dictionaries(_texts(1, 255, last=0xFF), _texts(1, 255, last=0xFF), min_size=1, max_size=3),
        ),
        _FAULTY_LINES,
    )
)
"""Scenarios that the loader takes."""
