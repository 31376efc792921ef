"""The plan ``process``: the client itself is stopped, is killed, or is not alone, at each place of the dialogue.

It is for commands. In pure time there is no process, and nothing happens.
"""

from __future__ import annotations

from collections.abc import Iterator

from simisp.facts.sources import Source
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case, YamlValue
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["process"]

_STOPS = ("3s", "5m")
"""A moment, as on a machine that is busy, and longer than most waits last; before the latest time for a verdict."""
_SECOND = "AT\n"
_SHOWN = 24


def process(_scenario: LoadedScenario, undisturbed: Undisturbed, _seed: int) -> Iterator[Case]:
    """Yield the faults of the client behind each piece that it is sent."""
    text = ""
    for piece in undisturbed.pieces_of(Source.MODEM, Source.ISP):
        text = (text + piece.shown.decode("latin-1"))[-_SHOWN:]
        octets = piece.before + len(piece.data)
        position = piece.position + len(piece.data)
        for row, told in _rows():
            fault = {**told, "after": {"octets": str(octets)}}
            name = f"{row} after {text!r}, octet {position}"
            yield Case(name, "process", row, position, {"line": {"faults": [fault]}})


def _rows() -> Iterator[tuple[str, dict[str, YamlValue]]]:
    for lasts in _STOPS:
        yield f"client stopped for {lasts}", {"fault": "stop client", "for": lasts}
    yield "command killed", {"fault": "kill client", "process": "command"}
    yield "client asked to end", {"fault": "kill client", "signal": "SIGTERM"}
    yield "second client", {"fault": "second client", "send": _SECOND, "for": "1s"}
