"""A scenario's lines: the machine behind each of its ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simisp.line.session import Session
from simisp.line.session_config import SessionConfig, SharedModem
from simisp.scenario.load import LoadedScenario
from simisp.scenario.model import Scenario
from simisp.scenario.modem_ports import NmeaSection, kind_of
from simisp.scenario.session import make_session, session, session_config

if TYPE_CHECKING:  # few scenarios have more than one port
    from simisp.line.bank import BankLine
    from simisp.line.nmea import NmeaConfig
    from simisp.line.port_machine import PortMachine

__all__ = ["bank_lines", "concerned_in_bank", "main_session", "other_lines"]


def main_session(scenario: LoadedScenario) -> tuple[Session, SharedModem | None]:
    """Return the Session behind the port that a command gets, and what it shares with the other ports, if any."""
    if not scenario.model.modem.ports:
        return session(scenario), None
    config = session_config(scenario)
    shared = SharedModem.of(config)
    return make_session(scenario, config, shared), shared


def bank_lines(scenario: LoadedScenario) -> dict[str, BankLine]:
    """Return the lines of a scenario that has a bank of them, by their names.

    Calls that come in from outside ring at the first line alone, and at lines that have some of their own.
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
    lines: dict[str, BankLine] = {}
    for index, line in enumerate(bank):
        is_rung = index == 0 or _has_own_calls_in(scenario.model, index)
        key = id(line.scenario), is_rung
        if key not in configs:
            config = session_config(line.scenario)
            configs[key] = config if is_rung else replace(config, exchange=replace(config.exchange, calls_in=()))
        lines[line.name] = BankLine(configs[key], line.name, line.number, board)
    return lines


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
