"""What the network is to a modem, in each of its domains: circuits, packets, and EPS.

A domain's state follows from the rest; the first row that applies counts:

====================================================  ==================================================================
condition                                             state
====================================================  ==================================================================
the radio part is off, no SIM is ready, or +COPS=2    NONE
packets and EPS: the modem has detached (+CGATT=0)    NONE
EPS: the operator has another kind of network         NONE
the search has not ended                              SEARCHING
otherwise                                             what the coverage says
====================================================  ==================================================================

A search begins when the radio part is switched on, the SIM becomes ready, or an operator is chosen.

See Also:
    3GPP TS 27.007, 7.2 (+CREG), 10.1.20 (+CGREG) and 10.1.22 (+CEREG).
"""

from __future__ import annotations

from dataclasses import dataclass

from simisp.cellular.state import EVOLVED, CellularConfig, Coverage, Domain, Registration
from simisp.machine import earliest

__all__ = ["Reception", "Registrations"]

_NOWHERE = dict.fromkeys(Domain, Registration.NONE)


@dataclass(frozen=True, slots=True)
class Reception:
    """What the states follow from, besides coverage and search.

    Attributes:
        is_possible: Whether the radio part is on, the SIM is ready, and the modem may register.
        is_attached: Whether the modem is attached to the packet domain, as far as it can be.
        access: The operator's access technology.
    """

    is_possible: bool
    is_attached: bool
    access: int


class Registrations:
    """The states of all domains.

    Args:
        config: What coverage there is, and how long a search takes.
        begins: When the first search begins, in seconds of the run.

    Attributes:
        states: The state of each domain.
    """

    def __init__(self, config: CellularConfig, begins: float) -> None:
        self.states = dict(_NOWHERE)
        self._delays = {domain: config.delay_of(domain) for domain in Domain}
        self._coverage = {domain: config.coverage_of(domain) for domain in Domain}
        self._found_at: dict[Domain, float] = {}
        self.search(0.0, begins)

    def search(self, now: float, begins: float | None = None) -> None:
        """Begin to search in all domains.

        Args:
            now: The time.
            begins: When the search begins; None: now.
        """
        start = now if begins is None else begins
        found = {domain: start + delay for domain, delay in self._delays.items()}
        self._found_at = {domain: at for domain, at in found.items() if at > now}

    def change(self, coverage: Coverage, domain: Domain | None) -> None:
        """Change what there is of a network, in one domain or, with None, in all."""
        for each in Domain if domain is None else (domain,):
            self._coverage[each] = coverage

    @property
    def hears_nothing(self) -> bool:
        """Whether no network can be received."""
        return all(coverage is Coverage.LOST for coverage in self._coverage.values())

    def next_timer(self) -> float | None:
        """Return when a search ends, or None."""
        return earliest(self._found_at.values()) if self._found_at else None

    def handle_timer(self, now: float) -> None:
        """End the searches that are due."""
        if self._found_at:
            self._found_at = {domain: at for domain, at in self._found_at.items() if now < at}

    def settle(self, reception: Reception) -> list[Domain]:
        """Let the states follow from the rest; return the domains whose state has changed."""
        states = {domain: self._state(domain, reception) for domain in Domain}
        changed = [domain for domain in Domain if states[domain] is not self.states[domain]]
        self.states = states
        return changed

    def _state(self, domain: Domain, reception: Reception) -> Registration:
        if not reception.is_possible or (domain is not Domain.CS and not reception.is_attached):
            return Registration.NONE
        if domain is Domain.EPS and reception.access != EVOLVED:
            return Registration.NONE
        return Registration.SEARCHING if domain in self._found_at else self._coverage[domain].registration

    @property
    def best(self) -> Registration:
        """The state that counts for what any domain can do: that of the first with service, else that of circuits."""
        states = self.states.values()
        return next((state for state in states if state.has_service), self.states[Domain.CS])

    @property
    def packets(self) -> Registration:
        """The state that counts for packet data."""
        evolved = self.states[Domain.EPS]
        return evolved if evolved.has_service else self.states[Domain.PS]
