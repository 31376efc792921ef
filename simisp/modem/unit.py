"""The parts of a modem that its commands work on."""

from __future__ import annotations

from dataclasses import dataclass, field

from simisp.modem.call_control import CallControl
from simisp.modem.dte import DteInterface
from simisp.modem.settings import ModemConfig, ModemSettings

__all__ = ["Unit"]


@dataclass(slots=True)
class Unit:
    """One modem as its commands see it.

    Attributes:
        config: How it was delivered.
        factory: What ``&F`` comes back to.
        settings: The settings in force.
        dte: The interface to the DTE.
        call: The call.
        stored: What ``&W`` put away and ``Z`` brings back, two profiles.
        numbers: What ``&Z`` put away and ``DS=n`` dials.
        last_number: The dial string that ``DL`` dials again.
        selected: The register that ``=`` and ``?`` without a number work on.
        now: The time at which the command runs.
    """

    config: ModemConfig
    factory: ModemSettings
    settings: ModemSettings
    dte: DteInterface
    call: CallControl
    stored: list[ModemSettings]
    numbers: dict[int, str] = field(default_factory=dict)
    last_number: str = ""
    selected: int = 0
    now: float = 0.0
