"""What a cellular modem is made of: operators, registration, signal, contexts, and what changes in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import cached_property

from simisp.cellular.messaging.service import MessagingConfig
from simisp.cellular.sim import SimConfig
from simisp.machine import earliest

__all__ = [
    "ADDRESS_TYPES",
    "EVOLVED",
    "IMEI",
    "CellularChange",
    "CellularConfig",
    "Context",
    "Coverage",
    "Domain",
    "DomainConfig",
    "Operator",
    "OperatorMode",
    "Registration",
]

ADDRESS_TYPES = ("IP", "IPV6", "IPV4V6", "PPP")
IMEI = "490154203237518"
"""The modem's number where nothing else is said."""
EVOLVED = 7
"""The access technology of EPS, E-UTRAN (3GPP TS 27.007, 7.3)."""


class Domain(Enum):
    """A part of the network that a modem registers with by itself."""

    CS = "+CREG"
    PS = "+CGREG"
    EPS = "+CEREG"

    @property
    def command(self) -> str:
        """The command that asks for its registration."""
        return self.value


class Registration(IntEnum):
    """A registration as ``+CREG?`` has it (3GPP TS 27.007, 7.2)."""

    NONE = 0
    HOME = 1
    SEARCHING = 2
    DENIED = 3
    ROAMING = 5

    @property
    def has_service(self) -> bool:
        """Whether the network serves the modem."""
        return self in (Registration.HOME, Registration.ROAMING)

    @property
    def words(self) -> str:
        """What a transcript calls it."""
        return "not registered" if self is Registration.NONE else self.name.lower()


class Coverage(Enum):
    """What a search for a network comes to."""

    HOME = "home", Registration.HOME
    ROAMING = "roaming", Registration.ROAMING
    SEARCHING = "searching", Registration.SEARCHING
    DENIED = "denied", Registration.DENIED
    LOST = "lost", Registration.NONE

    def __init__(self, word: str, registration: Registration) -> None:
        self.word = word
        self.registration = registration


class OperatorMode(IntEnum):
    """How the operator is chosen (+COPS, 3GPP TS 27.007, 7.3)."""

    AUTOMATIC = 0
    MANUAL = 1
    DEREGISTERED = 2


@dataclass(frozen=True, slots=True)
class Operator:
    """A network that can be received.

    Attributes:
        name: Its long name.
        short: Its short name.
        code: Its country and network code, 5 or 6 digits.
        access: The access technology (27.007, 7.3): 0 GSM, 2 UTRAN, 7 E-UTRAN.
        is_forbidden: Whether it does not let the subscriber in.
    """

    name: str = "Simisp Mobile"
    short: str = "simisp"
    code: str = "00101"
    access: int = 7
    is_forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A packet data context (+CGDCONT, 3GPP TS 27.007, 10.1.1).

    Attributes:
        kind: The type of address.
        apn: The access point.
        rest: The values behind the access point, as they were given.
    """

    kind: str
    apn: str = ""
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DomainConfig:
    """What is different in one domain.

    Attributes:
        coverage: What there is of a network; None: as in the others.
        registers_after: How long a search takes, in seconds; None: as in the others.
    """

    coverage: Coverage | None = None
    registers_after: float | None = None


@dataclass(frozen=True, slots=True)
class CellularChange:
    """What changes at a time.

    Attributes:
        at: When, in seconds of the run.
        coverage: What there is of a network from then on; None for no change.
        domain: In which domain; None for all.
        signal: The signal, as in +CSQ; None for no change.
        has_sim: Whether there is a SIM from then on; None for no change.
        time_zone: The time zone that the network says, in quarters of an hour from UTC; None for nothing.
        service_text: A text that the network sends by itself (+CUSD); None for nothing.
    """

    at: float
    coverage: Coverage | None = None
    domain: Domain | None = None
    signal: int | None = None
    has_sim: bool | None = None
    time_zone: int | None = None
    service_text: str | None = None


@dataclass(frozen=True)
class CellularConfig:
    """What cellular modem it is, and where.

    Attributes:
        imei: Its number.
        sim: Its SIM.
        coverage: What there is of a network.
        registers_after: How long it looks for the network before it is registered, in seconds.
        domains: What is different in single domains.
        signal: The signal as in +CSQ: 0 to 31, or 99 for none.
        operators: The networks that can be received; the first is the one that serves it.
        apn: The access point of context 1; None for no context.
        scan_takes: How long +COPS=? takes, in seconds.
        powers_up_in: How long it is deaf when the run begins, in seconds: it was just switched on.
        starts_in: How long it is deaf when it restarts, in seconds.
        announces: What it sends when it takes commands again; the state of the SIM follows, unless this is empty.
        power_takes: How long +CFUN takes, in seconds.
        dials_unregistered: Whether a packet data call connects although no network serves the modem.
        messaging: How it deals with messages.
        services: Answers of the network to USSD codes.
        service_takes: How long they take, in seconds.
        clock: Local time when the run begins, as in +CCLK.
        changes: What changes in time.
    """

    imei: str = IMEI
    sim: SimConfig = field(default_factory=SimConfig)
    coverage: Coverage = Coverage.HOME
    registers_after: float = 0.0
    domains: Mapping[Domain, DomainConfig] = field(default_factory=dict)
    signal: int = 20
    operators: Sequence[Operator] = (Operator(), Operator("Other Mobile", "other", "00102", is_forbidden=True))
    apn: str | None = None
    scan_takes: float = 10.0
    powers_up_in: float = 0.0
    starts_in: float = 3.0
    announces: Sequence[str] = ("RDY", "+CFUN: 1")
    power_takes: float = 0.5
    dials_unregistered: bool = False
    messaging: MessagingConfig = field(default_factory=MessagingConfig)
    services: Mapping[str, str] = field(default_factory=dict)
    service_takes: float = 1.0
    clock: str = "26/01/01,00:00:00+00"
    changes: Sequence[CellularChange] = ()

    def coverage_of(self, domain: Domain) -> Coverage:
        """Return what there is of a network in a domain."""
        own = self.domains[domain].coverage if domain in self.domains else None
        return self.coverage if own is None else own

    def delay_of(self, domain: Domain) -> float:
        """Return how long a search takes in a domain, in seconds."""
        own = self.domains[domain].registers_after if domain in self.domains else None
        return self.registers_after if own is None else own

    @cached_property
    def first_due(self) -> float | None:
        """When something first happens of itself, in seconds of the run; None: never."""
        delays = (self.powers_up_in + self.delay_of(domain) for domain in Domain)
        changes = (change.at for change in self.changes)
        messages = (message.at for message in self.messaging.incoming if message.at > 0)
        begins = (at for at in (self.powers_up_in, self.powers_up_in + self.sim.busy_for, *delays) if at > 0)
        return earliest((*begins, *changes, *messages))
