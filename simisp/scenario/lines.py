"""A scenario's lines: the machine behind each of its ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simisp.line.session import Session
from simisp.line.session_config import SessionConfig, SharedModem
from simisp.scenario.load import LoadedScenario
from simisp.scenario.model import ModemSection, Scenario
from simisp.scenario.modem_ports import kind_of
from simisp.scenario.session import make_session, session, session_config

if TYPE_CHECKING:  # few scenarios have more than one port
    from simisp.line.bank import BankLine
    from simisp.line.nmea import NmeaConfig
    from simisp.line.port_machine import PortMachine
    from simisp.scenario.port_sections import NmeaSection

__all__ = ["bank_lines", "concerned_in_bank", "main_session", "modems_of", "other_lines"]


def main_session(scenario: LoadedScenario) -> tuple[Session, SharedModem | None]:
    """Return the Session behind the port that a command gets, and what it shares with the other ports, if any."""
    if not scenario.model.modem.ports:
        return session(scenario), None
    config = session_config(scenario)
    shared = SharedModem.of(config)
    return make_session(scenario, config, shared), shared


def bank_lines(scenario: LoadedScenario) -> dict[str, PortMachine]:
    """Return what is behind each port of a scenario that has a bank of lines, by the ports' names.

    A port has the name of its line; further ports of the line's modem have that name with their own behind it. Calls
    that come in from outside ring at the first line alone, and at lines that have some of their own.
    """
    from simisp.line.bank import BankLine, Switchboard

    bank = scenario.bank
    groups = {
        number: tuple(bank[line - 1].name for line in lines)
        for number, lines in scenario.model.exchange.hunt_groups.items()
    }
    board = Switchboard(groups)
    configs: dict[tuple[int, bool], SessionConfig] = {}
    """By what is played and whether calls come in: lines that have the same share what follows from it."""
    ports: dict[str, PortMachine] = {}
    for index, line in enumerate(bank):
        is_rung = index == 0 or _has_own_calls_in(scenario.model, index)
        key = id(line.scenario), is_rung
        if key not in configs:
            config = session_config(line.scenario)
            configs[key] = config if is_rung else _without_calls_in(config)
        modem = line.scenario.model.modem
        shared = SharedModem.of(configs[key]) if modem.ports else None
        first = BankLine(configs[key], line.name, line.number, board, shared)
        ports[line.name] = first
        if shared is not None:
            ports |= _further_ports(modem, first, _without_calls_in(configs[key]), shared)
    return ports


def _further_ports(
    modem: ModemSection, first: BankLine, config: SessionConfig, shared: SharedModem
) -> Mapping[str, PortMachine]:
    """Return what is behind the further ports of a line of a bank, by their names."""
    from simisp.line.bank import BankLine

    names = {name: f"{first.name}-{name}" for name in (modem.ports or [])[1:]}
    return {
        own: _without_modem(name, modem) or BankLine(config, own, first.number, first.switchboard, shared, first)
        for name, own in names.items()
    }


def _without_calls_in(config: SessionConfig) -> SessionConfig:
    return replace(config, exchange=replace(config.exchange, calls_in=()))


def modems_of(scenario: LoadedScenario, ports: Sequence[str]) -> list[tuple[Sequence[str], ModemSection]]:
    """Return the modems of a scenario, each with the names of its ports.

    Args:
        scenario: The scenario.
        ports: The names of all ports.
    """
    if not scenario.bank:
        return [(ports, scenario.model.modem)]
    modems = [(line.name, line.scenario.model.modem) for line in scenario.bank]
    return [((name, *(f"{name}-{port}" for port in (modem.ports or [])[1:])), modem) for name, modem in modems]


def concerned_in_bank(line: Session) -> Callable[[], Sequence[str]]:
    """Return what names the lines of a bank at which others have caused something.

    Args:
        line: One of the lines.
    """
    from simisp.line.bank import BankLine

    assert isinstance(line, BankLine)
    return line.switchboard.take_concerned


def _has_own_calls_in(model: Scenario, index: int) -> bool:
    own = model.lines[index].exchange if isinstance(model.lines, list) else None
    return own is not None and "calls_in" in own.model_fields_set


def other_lines(scenario: LoadedScenario, shared: SharedModem) -> Mapping[str, PortMachine]:
    """Return the machines behind the other ports, by the names of the ports.

    Calls that come in ring at the first port alone.

    Args:
        scenario: The scenario.
        shared: What they share with the first port, from :func:`main_session`.
    """
    modem = scenario.model.modem
    config = _without_calls_in(session_config(scenario))
    return {
        name: _without_modem(name, modem) or make_session(scenario, config, shared) for name in (modem.ports or [])[1:]
    }


def _without_modem(name: str, modem: ModemSection) -> PortMachine | None:
    """Return what is behind a port that takes no AT commands; None if the port of that name does."""
    from simisp.line.nmea import NmeaPort
    from simisp.line.port_machine import QuietPort

    match kind_of(name):
        case "nmea":
            return NmeaPort(_nmea(modem.nmea))
        case "diag":
            return QuietPort()
        case _:
            return None


def _nmea(section: NmeaSection | None) -> NmeaConfig:
    from simisp.line.nmea import NmeaConfig

    if section is None:
        return NmeaConfig()
    latitude, longitude = map(float, section.position.split(","))
    return NmeaConfig(
        section.every, tuple(section.sentences), latitude, longitude, section.fix,
        datetime.fromisoformat(section.begins),
    )  # fmt: skip
