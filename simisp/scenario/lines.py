"""A scenario's lines: the machine behind each of its ports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simisp.line.session import Session, SharedModem
from simisp.scenario.load import LoadedScenario
from simisp.scenario.modem_ports import NmeaSection, kind_of
from simisp.scenario.session import make_session, session, session_config

if TYPE_CHECKING:  # few scenarios have more than one port
    from simisp.line.bank import BankLine
    from simisp.line.nmea import NmeaConfig
    from simisp.line.port_machine import PortMachine

__all__ = ["bank_lines", "main_session", "other_lines"]


def main_session(scenario: LoadedScenario) -> tuple[Session, SharedModem | None]:
    """Return the Session behind the port that a command gets, and what it shares with the other ports, if any."""
    if not scenario.model.modem.ports:
        return session(scenario), None
    config = session_config(scenario)
    shared = SharedModem.of(config)
    return make_session(scenario, config, shared), shared


def bank_lines(scenario: LoadedScenario) -> dict[str, BankLine]:
    """Return the lines of a scenario that has a bank of them, by their names, which are their numbers too.

    Calls that come in from outside ring at the first line alone.
    """
    from simisp.line.bank import BankLine, Switchboard

    model = scenario.model
    groups = {number: tuple(map(str, lines)) for number, lines in model.exchange.hunt_groups.items()}
    board, config = Switchboard(groups), session_config(scenario)
    others = replace(config, exchange=replace(config.exchange, calls_in=()))
    names = [str(number) for number in range(1, (model.lines or 1) + 1)]
    return {name: BankLine(others if index else config, name, name, board) for index, name in enumerate(names)}


def other_lines(scenario: LoadedScenario, shared: SharedModem) -> Mapping[str, PortMachine]:
    """Return the machines behind the other ports, by the names of the ports.

    Calls that come in ring at the first port alone.

    Args:
        scenario: The scenario.
        shared: What they share with the first port, from :func:`main_session`.
    """
    from simisp.line.nmea import NmeaPort
    from simisp.line.port_machine import QuietPort

    modem = scenario.model.modem
    config = session_config(scenario)
    config = replace(config, exchange=replace(config.exchange, calls_in=()))
    lines: dict[str, PortMachine] = {}
    for name in (modem.ports or [])[1:]:
        match kind_of(name):
            case "nmea":
                lines[name] = NmeaPort(_nmea(modem.nmea))
            case "diag":
                lines[name] = QuietPort()
            case _:
                lines[name] = make_session(scenario, config, shared)
    return lines


def _nmea(section: NmeaSection | None) -> NmeaConfig:
    from simisp.line.nmea import NmeaConfig

    if section is None:
        return NmeaConfig()
    latitude, longitude = map(float, section.position.split(","))
    return NmeaConfig(
        max(section.every, 0.001), tuple(section.sentences), latitude, longitude, section.fix,
        datetime.fromisoformat(section.begins),
    )  # fmt: skip
