"""From the section of a cellular modem to the configuration of its machine. Loaded for cellular modems only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simisp.cellular.messaging.service import MessagingConfig
from simisp.cellular.sim import SimConfig
from simisp.cellular.state import CellularChange, CellularConfig, Coverage, Domain, DomainConfig, Operator
from simisp.cellular.subsystem import CellularSubsystem
from simisp.scenario.cellular_section import CellularSection, CellularStateSection, SimSection
from simisp.scenario.messages import MessagesSection
from simisp.scenario.messages_setup import messaging_config

__all__ = ["cellular_config", "cellular_maker", "change_of"]

_COVERAGE = {coverage.word: coverage for coverage in Coverage}
_ACCESS = {"gsm": 0, "utran": 2, "lte": 7}


def cellular_maker(
    section: CellularSection | None, messages: MessagesSection | None, imei: str
) -> Callable[[], CellularSubsystem]:
    """Return what makes the cellular part of a modem.

    Args:
        section: What the scenario says of it; None for one with which all is well.
        messages: What it says of messages; None for an empty store.
        imei: Its number: the serial number of its profile.
    """
    messaging = MessagingConfig() if messages is None else messaging_config(messages)
    config = replace(cellular_config(section or CellularSection(), imei), messaging=messaging)
    return lambda: CellularSubsystem(config)


def cellular_config(section: CellularSection, imei: str) -> CellularConfig:
    """Return what a section says of the modem with this number."""
    operators = [
        Operator(one.name, one.short, one.code, _ACCESS[one.access], one.forbidden) for one in section.operators
    ]
    usual = CellularConfig()
    return CellularConfig(
        imei=imei,
        sim=_sim(section.sim, len((*operators, *usual.operators)[0].code) - 3),
        coverage=_COVERAGE[section.registration],
        registers_after=section.registers_after,
        domains={
            Domain[name.upper()]: DomainConfig(_coverage(domain.registration), domain.registers_after)
            for name, domain in section.domains.items()
        },
        signal=section.signal,
        operators=operators or usual.operators,
        apn=section.apn,
        scan_takes=section.scan_takes,
        powers_up_in=section.powers_up_in,
        starts_in=section.starts_in,
        announces=tuple(section.announces),
        clock=section.clock,
        dials_unregistered=section.dials_unregistered,
        services=section.ussd,
        changes=[change_of(change, change.at) for change in section.changes],
    )


def _coverage(word: str | None) -> Coverage | None:
    return None if word is None else _COVERAGE[word]


def change_of(change: CellularStateSection, at: float = 0.0) -> CellularChange:
    """Return what a scenario changes, at a time."""
    return CellularChange(
        at,
        _coverage(change.registration),
        None if change.domain is None else Domain[change.domain.upper()],
        change.signal,
        None if change.sim is None else change.sim == "present",
        change.time_zone,
        change.ussd,
    )


def _sim(section: SimSection, network_digits: int) -> SimConfig:
    return SimConfig(
        is_present=section.present,
        pin=section.pin or "0000",
        is_locked=section.pin is not None if section.locked is None else section.locked,
        puk=section.puk,
        busy_for=section.busy_for,
        imsi=section.imsi,
        iccid=section.iccid,
        number=section.number,
        network_digits=network_digits,
    )
