"""The SIM: its states, its PIN and PUK.

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
from simisp.cellular.sim_files import SimFiles

__all__ = ["PIN_TRIES", "PUK_TRIES", "Sim", "SimConfig", "SimState"]

PIN_TRIES = 3
PUK_TRIES = 10


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
        network_digits: How many digits of the IMSI are the network's code, behind the country's: 2 or 3.
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
    network_digits: int = 2


class Sim:
    """A SIM.

    Args:
        config: What it is.
        begins: When it begins to start, in seconds of the run.

    Attributes:
        state: Its state.
        is_locked: Whether it asks for the PIN when it starts.
        pin_tries: How many tries there are for the PIN.
        puk_tries: How many there are for the PUK.
        files: Its files.
        ready_at: When it has started, in seconds of the run.
    """

    def __init__(self, config: SimConfig, begins: float = 0.0) -> None:
        self.config = config
        self._is_present = config.is_present
        self.pin = config.pin
        self.is_locked = config.is_locked
        self.pin_tries, self.puk_tries = PIN_TRIES, PUK_TRIES
        self.state = SimState.ABSENT
        self.ready_at: float | None = None
        self.files = SimFiles(config)
        self.start(begins)

    def start(self, begins: float) -> None:
        """Begin to start at a time: the radio part was switched on, or the SIM was put in."""
        self.ready_at = None
        if not self._is_present:
            self.state = SimState.ABSENT
        elif self.config.busy_for > 0:
            self.state, self.ready_at = SimState.BUSY, begins + self.config.busy_for
        else:
            self._finish_start()

    def put_in(self, now: float) -> None:
        """Be put in. One that was there stays as it is."""
        if not self._is_present:
            self._is_present = True
            self.start(now)

    def take_out(self) -> None:
        """Be taken out."""
        self._is_present = False
        self.state, self.ready_at = SimState.ABSENT, None

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
