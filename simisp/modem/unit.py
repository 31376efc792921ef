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
        config: The factory configuration.
        factory: The settings that ``&F`` restores.
        settings: The settings in force.
        dte: The interface to the DTE.
        call: Call control.
        stored: The two profiles that ``&W`` stores and ``Z`` restores.
        numbers: The numbers that ``&Z`` stores and ``DS=n`` dials.
        last_number: The dial string that ``DL`` redials.
        selected: The register that ``=`` and ``?`` without a number refer to.
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
