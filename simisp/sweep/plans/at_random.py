"""The plan ``random``: one to three faults at a time, of any kind, anywhere, told anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from random import Random

from simisp.facts.sources import Source
from simisp.line.faults.table import FAULTS
from simisp.scenario.fault_item import fault_fields
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case, YamlValue
from simisp.sweep.plans.spots import Spot, spots
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["at_random"]

_NOT_THE_LINE = {"stop client", "kill client", "second client"}
"""The faults of the plan ``process``: they are about the client's processes."""
_KINDS = tuple(word for word in FAULTS if word not in _NOT_THE_LINE)
_HOW_MANY = (1, 1, 1, 2, 2, 3)
_TEXTS = ("\nRING\n", "\nNO CARRIER\n", "\nBUSY\n", "\nERROR\n", "+++", "\x11", "\x13", "\x00", "~\xff}#\xc0!")
_ENDS = ("cr", "lf", "crlf", "lfcr", "crcrlf")

_Told = Callable[[Random, Sequence[str]], str]


def _duration(random: Random, _texts: Sequence[str]) -> str:
    return f"{random.choice((1, 5, 20, 100, 500, 2000, 10_000, 45_000, 120_000)) + random.randrange(10)}ms"


_TELL: Mapping[str, _Told] = {
    "by": _duration,
    "gap": _duration,
    "rate": lambda random, _texts: f"{random.choice((0.02, 0.1, 0.5, 1.0)):g}",
    "octets": lambda random, _texts: str(random.choice((1, 2, 3, 8, 40))),
    "size": lambda random, _texts: str(random.choice((1, 2, 7))),
    "ends": lambda random, _texts: random.choice(_ENDS),
    "insert": lambda random, texts: random.choice(texts),
    "replace": lambda random, texts: random.choice(texts),
    "instead": lambda random, texts: random.choice(texts),
}
"""What a fault is told, by the field of the scenario."""
_KEYS = {"instead": "with"}


def at_random(_scenario: LoadedScenario, undisturbed: Undisturbed, seed: int) -> Iterator[Case]:
    """Yield cases without end. The n-th depends on the seed and its number, and on no other case."""
    places = list(spots(undisturbed, Source.CLIENT, Source.MODEM, Source.ISP))
    texts = (*_TEXTS, *dict.fromkeys(prompt.text for prompt in undisturbed.prompts if prompt.text.strip()))
    for number in count(1):
        random = Random(f"{seed}/{number}")  # noqa: S311 - no secret
        chosen = [_fault(random, places, texts) for _ in range(random.choice(_HOW_MANY))]
        kinds = ", ".join(str(fault["fault"]) for fault, _ in chosen)
        overlay = {"line": {"faults": [fault for fault, _ in chosen]}}
        yield Case(f"random {number}: {kinds}", "random", "random", min(at for _, at in chosen), overlay)


def _fault(random: Random, places: Sequence[Spot], texts: Sequence[str]) -> tuple[dict[str, YamlValue], int]:
    """Return a fault, and how many octets pass before it comes."""
    kind = FAULTS[random.choice(_KINDS)]
    here = [each for each in places if not kind.fixed or (each.side, each.direction) == (kind.side, kind.direction)]
    told: dict[str, YamlValue] = {}
    for field in fault_fields(kind.parameters):
        if field in fault_fields(kind.required) or random.random() < 0.5:
            told[_KEYS.get(field, field)] = _TELL[field](random, texts)
    if "octets" in told:
        told["octets"] = str(max(kind.fewest, int(str(told["octets"]))))
    if kind.lasts and random.random() < 0.5:
        told["for"] = _duration(random, texts)
    if random.random() < 0.2:
        told["times"] = random.choice(("2", "5", "always"))
    if not here:
        return {"fault": kind.word, **told}, 0
    spot = random.choice(here)
    return spot.fault(kind.word, **told), spot.position
