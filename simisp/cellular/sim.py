"""The SIM: its states, its PIN and PUK, and its files.

==============  =================================================  =====================================================
state           input                                              next state
==============  =================================================  =====================================================
BUSY            [the time it takes to start]                       PIN if its lock is on, else READY
PIN             the right PIN                                      READY
PIN             a wrong one, the third in a row                    PUK
PUK             the right PUK and a new PIN                        READY, with the new PIN
PUK             a wrong one, the tenth in a row                    BLOCKED
any but ABSENT  the modem's radio part is switched off and on      BUSY
==============  =================================================  =====================================================

See Also:
    3GPP TS 31.101, 9.5 (PIN and PUK), and 27.007, 8.3 (+CPIN).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from simisp.cellular.cme_error import CmeError

__all__ = ["PIN_TRIES", "PUK_TRIES", "Sim", "SimConfig", "SimState"]

PIN_TRIES = 3
PUK_TRIES = 10
_ICCID, _ADMINISTRATIVE, _PROVIDER = 0x2FE2, 0x6FAD, 0x6F46
_PROVIDER_LENGTH = 16
_ELEMENTARY_FILE = bytes.fromhex("04000fff4401020000")
"""Type, access conditions, status and structure of an elementary file without records."""


class SimState(Enum):
    """A state, as ``+CPIN?`` has it, with the error that other commands get."""

    READY = "READY", None
    PIN = "SIM PIN", CmeError.SIM_PIN
    PUK = "SIM PUK", CmeError.SIM_PUK
    BUSY = "", CmeError.SIM_BUSY
    ABSENT = "", CmeError.NO_SIM
    BLOCKED = "", CmeError.SIM_FAILURE

    def __init__(self, words: str, refusal: CmeError | None) -> None:
        self.words = words
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class SimConfig:
    """What SIM a modem has.

    Attributes:
        is_present: Whether there is one.
        pin: Its PIN.
        is_locked: Whether it asks for the PIN.
        puk: Its PUK.
        busy_for: How long it takes to start, in seconds.
        imsi: Its IMSI.
        iccid: Its number, 19 or 20 digits.
        number: The subscriber's number; empty if it is not stored.
        provider: The provider's name.
    """

    is_present: bool = True
    pin: str = "0000"
    is_locked: bool = False
    puk: str = "12345678"
    busy_for: float = 0.0
    imsi: str = "001010123456789"
    iccid: str = "89001012345678901234"
    number: str = ""
    provider: str = "simisp"


class Sim:
    """A SIM.

    Args:
        config: What it is.

    Attributes:
        state: Its state.
        is_locked: Whether it asks for the PIN when it starts.
        pin_tries: How many tries there are for the PIN.
        puk_tries: How many there are for the PUK.
        ready_at: When it has started, in seconds of the run.
    """

    def __init__(self, config: SimConfig) -> None:
        self.config = config
        self.pin = config.pin
        self.is_locked = config.is_locked
        self.pin_tries, self.puk_tries = PIN_TRIES, PUK_TRIES
        self.state = SimState.ABSENT
        self.ready_at: float | None = None
        self.start(0.0)

    def start(self, now: float) -> None:
        """Begin to start: the radio part was switched on."""
        self.ready_at = None
        if not self.config.is_present:
            self.state = SimState.ABSENT
        elif self.config.busy_for > 0:
            self.state, self.ready_at = SimState.BUSY, now + self.config.busy_for
        else:
            self._finish_start()

    def handle_timer(self, now: float) -> None:
        """Be started, if it is time."""
        if self.ready_at is not None and now >= self.ready_at:
            self.ready_at = None
            self._finish_start()

    def _finish_start(self) -> None:
        if not self.puk_tries:
            self.state = SimState.BLOCKED
        elif not self.pin_tries:
            self.state = SimState.PUK
        else:
            self.state = SimState.PIN if self.is_locked else SimState.READY

    def enter(self, first: str, second: str | None) -> CmeError | None:
        """Take what ``+CPIN`` gives: the PIN, or the PUK and a new PIN. Return why it was refused, or None."""
        if self.state is SimState.PIN and second is None:
            refusal = self.verify(first)
        elif self.state is SimState.PUK and second is not None:
            refusal = self._unblock(first, second)
        else:
            return self.state.refusal or CmeError.NOT_ALLOWED
        if refusal is None:
            self.state = SimState.READY
        return refusal

    def verify(self, pin: str) -> CmeError | None:
        """Compare a PIN, which counts as a try. Return why it was refused, or None."""
        if pin == self.pin:
            self.pin_tries = PIN_TRIES
            return None
        self.pin_tries -= 1
        if not self.pin_tries:
            self.state = SimState.PUK
        return CmeError.INCORRECT_PASSWORD

    def _unblock(self, puk: str, new_pin: str) -> CmeError | None:
        if puk == self.config.puk:
            self.pin, self.pin_tries, self.puk_tries = new_pin, PIN_TRIES, PUK_TRIES
            return None
        self.puk_tries -= 1
        if not self.puk_tries:
            self.state = SimState.BLOCKED
        return CmeError.INCORRECT_PASSWORD

    # Files ------------------------------------------------------------------------------------------------------------

    def file(self, number: int) -> bytes | None:
        """Return the content of an elementary file, or None if there is no such file (3GPP TS 31.102)."""
        if number == _ICCID:
            return _swapped(self.config.iccid)
        if number == _ADMINISTRATIVE:
            return bytes((0, 0, 0, 2))  # normal operation; the network's part of the IMSI has two digits
        if number == _PROVIDER:
            name = self.config.provider.encode("ascii", "replace")[:_PROVIDER_LENGTH]
            return b"\x01" + name.ljust(_PROVIDER_LENGTH, b"\xff")
        return None

    def header(self, number: int) -> bytes | None:
        """Return what a SIM answers to GET RESPONSE for a file (3GPP TS 51.011, 9.2.1), or None without the file."""
        content = self.file(number)
        if content is None:
            return None
        size, identifier = len(content).to_bytes(2, "big"), number.to_bytes(2, "big")
        return b"\0\0" + size + identifier + _ELEMENTARY_FILE


def _swapped(digits: str) -> bytes:
    """Return digits two to an octet, the first in the lower half, as SIMs store numbers."""
    padded = digits + "F" * (len(digits) % 2)
    return bytes(int(padded[index + 1] + padded[index], 16) for index in range(0, len(padded), 2))
