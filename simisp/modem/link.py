r"""What two modems have agreed on for a call and report to the DTE: modulation, error control, compression.

A simulated line has no signal to negotiate over, so the far end agrees to all that the settings ask for:

==================  ========================================================================================
what                where it comes from
==================  ========================================================================================
rate                that of the call; at most what ``+MS`` allows: its highest rate, and with automatic
                    negotiation off the highest of its carrier
carrier             the slowest of V.21, V.22, V.22bis, V.32, V.32bis, V.34, V.90 that has the rate; with
                    automatic negotiation off that of ``+MS``
error control       NONE for ``+ES=0`` or 1, ``\N0``, ``\N1``, ``\N6``, ``&Q0`` to ``&Q4`` and ``&Q6``;
                    ALT (MNP) for ``+ES=4`` and ``\N2``; else LAPM (V.42)
compression         NONE without error control, and for ``+DS=0``, ``%C0`` or ``S46=136``; ALT (MNP 5) for
                    ``%C1`` or with MNP; else V42B
==================  ========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simisp.modem.flow_control import OctetFlow, octet_flow
from simisp.modem.settings import ModemSettings

__all__ = ["AgreedLink", "CallTerms", "agreed_link", "call_terms", "link_reports"]

_CARRIERS = (
    ("V21", 300),
    ("V22", 1200),
    ("V22B", 2400),
    ("V32", 9600),
    ("V32B", 14400),
    ("V34", 33600),
    ("V90", 56000),
)
_HIGHEST = dict(_CARRIERS) | {"V23C": 1200, "V23S": 1200, "V92": 56000, "B103": 300, "B212": 1200}
_NUMBERED = {"0": "V21", "1": "V22", "2": "V22B", "3": "V23C", "9": "V32", "10": "V32B", "11": "V34", "12": "V90"}
_AUTOMATIC = ("V34", "1", "0", "0")
"""What +MS is for a modem that does not have it."""
_OFF, _ANY = ("0",), ("3",)
_CARRIER, _PROTOCOL, _COMPRESSION = 4, 8, 32
_ALL_OF_S95 = _CARRIER | _PROTOCOL | _COMPRESSION
_DIRECT = frozenset({0, 1, 6})
_WORDS_OF_S95 = {"LAPM": "LAP-M", "ALT": "MNP", "NONE": "NONE"}
_COMPRESSIONS_OF_S95 = {"V42B": "V.42BIS", "ALT": "CLASS 5", "NONE": "NONE"}


@dataclass(frozen=True, slots=True)
class AgreedLink:
    """What the modems have agreed on, in the words of V.250.

    Attributes:
        carrier: ``+MCR`` (6.4.2).
        rate: The rate of the line in bit/s.
        error_control: ``+ER`` (6.5.5): LAPM, ALT or NONE.
        compression: ``+DR`` (6.6.2): V42B, ALT or NONE.
    """

    carrier: str
    rate: int
    error_control: str
    compression: str

    @property
    def is_reliable(self) -> bool:
        """Whether there is error control."""
        return self.error_control != "NONE"


@dataclass(frozen=True, slots=True)
class CallTerms:
    """What a modem's settings make of a call.

    Attributes:
        link: What the modems have agreed on.
        reports: The results that come before CONNECT (:func:`link_reports`).
        flow: How octets of the DTE control the flow.
        idle: After how many seconds without octets the call ends (S30); 0 for never.
    """

    link: AgreedLink
    reports: tuple[str, ...]
    flow: OctetFlow | None
    idle: int


_MOST_KEPT = 64
_kept: dict[tuple[object, ...], CallTerms] = {}


def call_terms(settings: ModemSettings, rate: int, rate_to_dte: int | None) -> CallTerms:
    """Return what settings make of a call that could have ``rate`` bit/s.

    It is kept, since clients set up call after call with the same few settings.

    Args:
        settings: The settings in force.
        rate: What the call could have, in bit/s.
        rate_to_dte: The rate of the DTE in bit/s, if it is known.
    """
    numbers, parameters, registers = settings.numbers, settings.parameters, settings.registers
    key = (settings.factory, numbers.difference, parameters.difference, registers.difference, rate, rate_to_dte)
    terms = _kept.get(key)
    if terms is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        link = agreed_link(settings, rate)
        reports = tuple(link_reports(settings, link, rate_to_dte))
        idle = 10 * registers.in_force.get(30, 0)
        terms = _kept[key] = CallTerms(link, reports, octet_flow(settings), idle)
    return terms


def agreed_link(settings: ModemSettings, rate: int) -> AgreedLink:
    r"""Return what the modems agree on for a call that could have ``rate`` bit/s.

    Example:
        >>> from simisp.modem.config import ModemConfig
        >>> agreed_link(ModemConfig().new_settings(), 33600)
        AgreedLink(carrier='V34', rate=33600, error_control='LAPM', compression='V42B')
        >>> agreed_link(ModemConfig(settings={"\\N": 0}).new_settings(), 2400).error_control
        'NONE'
    """
    numbers, parameters = settings.numbers.in_force, settings.parameters.in_force
    carrier, automatic, _, highest, *_ = parameters.get("+MS", _AUTOMATIC)
    carrier = _NUMBERED.get(carrier, carrier)
    limits = [rate]
    if int(highest):
        limits.append(int(highest))
    if automatic == "0":
        limits.append(_HIGHEST.get(carrier, rate))
    rate = min(limits)
    if automatic == "1":
        carrier = next((name for name, fastest in _CARRIERS if rate <= fastest), "V90")
    error_control = _error_control(parameters.get("+ES", _ANY)[0], numbers.get("\\N", 3), numbers.get("&Q", 5))
    s46 = settings.registers.in_force.get(46)
    compression = _compression(error_control, parameters.get("+DS", _ANY)[0], numbers.get("%C", 3), s46)
    return AgreedLink(carrier, rate, error_control, compression)


def _error_control(es: str, n: int, q: int) -> str:
    if es in {"0", "1"} or n in _DIRECT or q < 5 or q == 6:
        return "NONE"
    return "ALT" if es == "4" or n == 2 else "LAPM"


def _compression(error_control: str, ds: str, c: int, s46: int | None) -> str:
    if error_control == "NONE" or c == 0 or s46 == 136 or ds == "0":
        return "NONE"
    return "ALT" if error_control == "ALT" or c == 1 else "V42B"


def link_reports(settings: ModemSettings, link: AgreedLink, rate_to_dte: int | None) -> Iterator[str]:
    """Return the results that come before CONNECT, in the order of V.250, and those of W1 or S95 behind them.

    See Also:
        ITU-T V.250, 6.4.2 (+MR), 6.5.5 (+ER), 6.6.2 (+DR), 6.2.13 (+ILRR).
    """
    parameters = settings.parameters.in_force
    carrier = parameters.get("+MR", _OFF)[0]
    if carrier != "0":
        yield f"+MCR: {link.carrier}"
        yield f"+MRR: {link.rate}" + (f",{link.rate}" if carrier == "2" else "")
    if parameters.get("+ER", _OFF)[0] == "1":
        yield f"+ER: {link.error_control}"
    if parameters.get("+DR", _OFF)[0] == "1":
        yield f"+DR: {link.compression}"
    if parameters.get("+ILRR", _OFF)[0] == "1":
        yield f"+ILRR: {rate_to_dte or link.rate}"
    bits = _ALL_OF_S95 if settings.numbers.in_force.get("W") == 1 else settings.registers.in_force.get(95, 0)
    if bits & _CARRIER:
        yield f"CARRIER {link.rate}"
    if bits & _PROTOCOL:
        yield f"PROTOCOL: {_WORDS_OF_S95[link.error_control]}"
    if bits & _COMPRESSION:
        yield f"COMPRESSION: {_COMPRESSIONS_OF_S95[link.compression]}"
