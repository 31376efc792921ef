"""What the two sides of a multiplexer have agreed on."""

from __future__ import annotations

from dataclasses import dataclass, field

from simisp.cmux.frame import HIGHEST_DLCI

__all__ = ["MultiplexerConfig"]


@dataclass(frozen=True, slots=True)
class MultiplexerConfig:
    """What both sides have agreed on by ``AT+CMUX`` (3GPP TS 27.007, 5.7).

    Attributes:
        initiator: Whether this side has sent ``AT+CMUX``.
        advanced: Whether the advanced option is in use.
        in_ui: Whether octets go in UI frames rather than in UIH.
        frame_size: N1: how many octets a frame may carry, 1 to 32767.
        t1: After how many seconds SABM and DISC are repeated.
        t2: After how many seconds a command of the control channel is repeated.
        t3: For how many seconds a sleeping side may take to wake up.
        tries: N2: how often a frame is repeated.
        dlcis: Which DLCs may be set up, besides DLCI 0.
    """

    initiator: bool = False
    advanced: bool = False
    in_ui: bool = False
    frame_size: int = 31
    t1: float = 0.1
    t2: float = 0.3
    t3: float = 10.0
    tries: int = 3
    dlcis: frozenset[int] = field(default_factory=lambda: frozenset(range(1, HIGHEST_DLCI + 1)))
