"""A scenario and a client as octets, for another process or another machine.

A scenario goes as its text: what a modem's profile is worked out to has functions in it, which can't be sent.
"""

from __future__ import annotations

import pickle
from dataclasses import replace

from simisp.diagnostics import SourceText
from simisp.scenario.dump import dumps
from simisp.scenario.load import LoadedScenario, checked
from simisp.scenario.reader import parse
from simisp.sweep.client import SweepClient

__all__ = ["packed", "unpacked"]


def packed(scenario: LoadedScenario, client: SweepClient) -> bytes:
    """Return a scenario and a client as octets."""
    return pickle.dumps((scenario.name, scenario.path, dumps(scenario.model), client))


def unpacked(octets: bytes) -> tuple[LoadedScenario, SweepClient]:
    """Return the scenario and the client that :func:`packed` has made octets of, in a process that trusts it.

    Raises:
        ScenarioError: The scenario names a file, such as that of a profile, which is not there.
    """
    name, path, text, client = pickle.loads(octets)  # noqa: S301 - from the process that has asked for it
    return replace(checked(parse(SourceText(path, text))), name=name, path=path), client
