"""What a cellular modem is made of: operators, registration, signal, contexts, and what changes in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from simisp.cellular.messaging.service import MessagingConfig
from simisp.cellular.sim import SimConfig

__all__ = [
    "ADDRESS_TYPES",
    "IMEI",
    "CellularChange",
    "CellularConfig",
    "Context",
    "Coverage",
    "Operator",
    "OperatorMode",
    "Registration",
]

IMEI = "490154203237518"
"""The modem's number where nothing else is said."""
ADDRESS_TYPES = ("IP", "IPV6", "IPV4V6", "PPP")


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
class CellularChange:
    """What changes at a time.

    Attributes:
        at: When, in seconds of the run.
        coverage: What there is of a network from then on; None for no change.
        signal: The signal, as in +CSQ; None for no change.
        has_sim: Whether there is a SIM from then on; None for no change.
    """

    at: float
    coverage: Coverage | None = None
    signal: int | None = None
    has_sim: bool | None = None


@dataclass(frozen=True, slots=True)
class CellularConfig:
    """What cellular modem it is, and where.

    Attributes:
        imei: Its number.
        sim: Its SIM.
        coverage: What there is of a network.
        registers_after: How long it looks for the network before it is registered, in seconds.
        signal: The signal as in +CSQ: 0 to 31, or 99 for none.
        operators: The networks that can be received; the first is the one that serves it.
        apn: The access point of context 1; None for no context.
        scan_takes: How long +COPS=? takes, in seconds.
        starts_in: How long it is deaf when it restarts, in seconds.
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
    signal: int = 20
    operators: Sequence[Operator] = (Operator(), Operator("Other Mobile", "other", "00102", is_forbidden=True))
    apn: str | None = None
    scan_takes: float = 10.0
    starts_in: float = 3.0
    power_takes: float = 0.5
    dials_unregistered: bool = False
    messaging: MessagingConfig = field(default_factory=MessagingConfig)
    services: Mapping[str, str] = field(default_factory=dict)
    service_takes: float = 1.0
    clock: str = "26/01/01,00:00:00+00"
    changes: Sequence[CellularChange] = ()
