"""Strategies of Hypothesis: a scenario whose line has faults, which Hypothesis shrinks to the fewest and smallest.

Hypothesis is not installed with simisp: ``pip install hypothesis``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from simisp.isp.steps import Mark, ReadLine
from simisp.line.faults.table import FAULTS, FaultKind
from simisp.scenario.fault_item import FAULT_PARAMETERS, FaultItem, fault_fields
from simisp.scenario.load import LoadedScenario
from simisp.testing.scenario_source import loaded

__all__ = ["faults"]

_MOST_OCTETS = 1000
_LONGEST = 3600.0
_TOLD: dict[str, st.SearchStrategy[Any]] = {
    "by": st.floats(0.001, _LONGEST).map(lambda seconds: round(seconds, 3)),
    "rate": st.floats(0.001, 1.0).map(lambda rate: round(rate, 3)),
    "octets": st.integers(1, _MOST_OCTETS),
    "size": st.integers(1, 64),
    "gap": st.floats(0.001, 60.0).map(lambda seconds: round(seconds, 3)),
    "ends": st.sampled_from(["lf", "cr", "lfcr", "crcrlf"]),
    "insert": st.sampled_from(["\n", "\nRING\n", "\nNO CARRIER\n", "\n^SIMISP: 1,7\n", "~\x7f}#"]),
    "replace": st.sampled_from(["OK", "CONNECT", ":", "\n"]),
    "instead": st.sampled_from(["ERROR", "BUSY", "NO CARRIER", "?", "x"]),
    "process": st.sampled_from(["all", "command"]),
    "signal": st.sampled_from(["SIGTERM", "SIGHUP", "SIGKILL"]),
    "send": st.sampled_from(["AT\n", "\n"]),
}
"""What a fault may be told, by its field: the first or smallest value is what Hypothesis prefers."""


def faults(
    scenario: str | Path | LoadedScenario, *, most: int = 3, client: bool = False
) -> st.SearchStrategy[LoadedScenario]:
    """Return a strategy of scenarios that have up to this many faults of the line more than this one.

    What it prefers, and so shrinks to, is no fault, then silence from the start on.

    Args:
        scenario: The good dialogue: a file, a bundled scenario's name, a scenario's text, or a loaded one.
        most: How many faults at most, 1 or more.
        client: Whether faults of the client itself are among them: it is stopped, killed, or not alone. They do
            something only where simisp runs the client.

    Raises:
        ValueError: ``most`` is below 1.
        ScenarioError: The scenario can't be found or is wrong.

    Example:
        >>> from hypothesis import find
        >>> find(faults("login"), lambda scenario: bool(scenario.model.line.faults)).model.line.faults[0].fault
        'silence'
    """
    if most < 1:
        raise ValueError(f"most must be 1 or more, not {most}")
    base = loaded(scenario)
    kinds = [kind for word, kind in FAULTS.items() if client or not word.endswith(" client")]
    moments = _moments(base)
    items = st.lists(st.sampled_from(kinds).flatmap(lambda kind: _item(kind, moments)), max_size=most)
    return items.map(lambda added: _with(base, added))


def _with(base: LoadedScenario, added: list[FaultItem]) -> LoadedScenario:
    line = base.model.line.model_copy(update={"faults": [*base.model.line.faults, *added]})
    return replace(base, model=base.model.model_copy(update={"line": line}))


def _moments(scenario: LoadedScenario) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of what a fault may come after: at once, then octets, a time, a prompt or a mark."""
    steps = [step for program in scenario.programs.values() for step in program.code]
    prompts = dict.fromkeys(step.prompt for step in steps if isinstance(step, ReadLine) and step.prompt.strip())
    marks = dict.fromkeys(step.name for step in steps if isinstance(step, Mark))
    moments: list[st.SearchStrategy[dict[str, Any]]] = [
        st.just({}),
        st.integers(1, _MOST_OCTETS).map(lambda octets: {"octets": octets}),
        st.floats(0.0, _LONGEST).map(lambda seconds: {"time": f"{seconds:.3f}s"}),
    ]
    if prompts:
        moments.append(st.sampled_from(list(prompts)).map(lambda text: {"text": text}))
    if marks:
        moments.append(st.sampled_from(list(marks)).map(lambda name: {"mark": name}))
    return st.one_of(moments)


def _item(kind: FaultKind, moments: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[FaultItem]:
    """Return a strategy of faults of one kind."""
    fields = fault_fields(kind.parameters)
    required = {FAULT_PARAMETERS[field] for field in fault_fields(kind.required)}
    told = {FAULT_PARAMETERS[field]: _as_written(field) for field in fields}
    if "octets" in told:
        told["octets"] = st.integers(kind.fewest, _MOST_OCTETS)
    optional: dict[str, st.SearchStrategy[Any]] = {key: value for key, value in told.items() if key not in required}
    if kind.lasts:
        optional["for"] = st.floats(0.001, _LONGEST).map(lambda seconds: f"{seconds:.3f}s")
    if not kind.fixed:
        optional["side"] = st.sampled_from(["line", "port"])
        optional["direction"] = st.sampled_from(["to dte", "from dte"])
    optional["times"] = st.integers(1, 5)
    needed = {key: value for key, value in told.items() if key in required}
    words = st.fixed_dictionaries({"after": moments, **needed}, optional=optional)
    return words.map(lambda said: _parsed(kind, said))


def _parsed(kind: FaultKind, said: dict[str, Any]) -> FaultItem:
    after = said.pop("after")
    return FaultItem.model_validate({"fault": kind.word, **said, **({"after": after} if after else {})})


def _as_written(field: str) -> st.SearchStrategy[Any]:
    values = _TOLD[field]
    return values.map(lambda seconds: f"{seconds}s") if field in {"by", "gap"} else values
