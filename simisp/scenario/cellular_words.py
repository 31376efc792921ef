"""A scenario's cellular modem in words, for ``simisp explain``."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.scenario.cellular_section import CellularChangeSection, CellularSection, SimSection
from simisp.scenario.wording import shown

__all__ = ["cellular_sentences"]

_REGISTRATIONS = {
    "home": "is registered",
    "roaming": "is registered as a guest",
    "searching": "searches for a network and finds none",
    "denied": "is not let into the network",
    "lost": "receives no network",
}
_DOMAINS = {"cs": "for circuits", "ps": "for packets", "eps": "for EPS"}


def cellular_sentences(section: CellularSection) -> str:
    """Return what a scenario says of SIM and network, each sentence behind a blank."""
    return "".join(f" {sentence}" for sentence in _sentences(section))


def _sentences(section: CellularSection) -> Iterator[str]:
    if section.powers_up_in:
        yield f"It is deaf for {section.powers_up_in:g} s, while it powers up."
    yield from _sim(section.sim)
    after = f" after {section.registers_after:g} s" if section.registers_after else ""
    yield f"It {_REGISTRATIONS[section.registration]}{after}."
    for name, domain in section.domains.items():
        state = _REGISTRATIONS[domain.registration or section.registration]
        delay = section.registers_after if domain.registers_after is None else domain.registers_after
        yield f"{_DOMAINS[name].capitalize()} it {state}{f' after {delay:g} s' if delay else ''}."
    for change in section.changes:
        yield f"At {change.at:g} s {_changed(change)}."


def _sim(sim: SimSection) -> Iterator[str]:
    if not sim.present:
        yield "There is no SIM."
    elif sim.pin is not None and sim.locked is not False:
        yield "The SIM asks for its PIN."
    if sim.present and sim.busy_for:
        yield f"The SIM is busy for {sim.busy_for:g} s."


def _changed(change: CellularChangeSection) -> str:
    words = []
    if change.registration is not None:
        where = "" if change.domain is None else f" {_DOMAINS[change.domain]}"
        words.append(f"it {_REGISTRATIONS[change.registration]}{where}")
    if change.signal is not None:
        words.append(f"the signal becomes {change.signal}")
    if change.sim is not None:
        words.append("the SIM is put in" if change.sim == "present" else "the SIM is taken out")
    if change.time_zone is not None:
        words.append(f"the network says the time zone {change.time_zone:+d}")
    if change.ussd is not None:
        words.append(f"the network sends the text {shown(change.ussd)}")
    return ", ".join(words) or "nothing changes"
