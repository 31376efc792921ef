"""When a scenario's modem is unplugged, and how its ports come back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simisp.endpoints.unpluggable import UnpluggableEndpoint, next_name
from simisp.errors import EndpointError
from simisp.runtime.clock import Clock
from simisp.runtime.driver_group import DriverGroup
from simisp.scenario.modem_ports import UnplugSection

__all__ = ["PlugSchedule"]

_MOST_TRIES = 100


class PlugSchedule:
    """Unplugs the ports of a modem once, and plugs them in again.

    The time counts from the first opening of any of them. A name that another file has taken meanwhile is passed over
    for the next one, as the kernel does it for devices.

    Args:
        section: What the scenario says.
        ports: The ports: the first one's path is the one that changes, the others' begin with it.
        drivers: Who knows when they were opened.
        clock: The clock of the run.
    """

    def __init__(
        self, section: UnplugSection, ports: Sequence[UnpluggableEndpoint], drivers: DriverGroup, clock: Clock
    ) -> None:
        self._section = section
        self._ports = ports
        self._drivers = drivers
        self._clock = clock
        self._is_begun = False

    def look(self) -> None:
        """Begin to count as soon as a port has been opened."""
        opened = self._drivers.first_opened_at
        if opened is not None and not self._is_begun:
            self._is_begun = True
            self._clock.call_at(opened + self._section.after, self._unplug)

    def _unplug(self) -> None:
        for port in self._ports:
            port.unplug()
        self._clock.call_at(self._clock.now() + self._section.for_, self._plug_in)

    def _plug_in(self) -> None:
        before = self._ports[0].path
        path = self._first_path(before)
        for _ in range(_MOST_TRIES):
            try:
                self._ports[0].plug_in(path)
                break
            except EndpointError:
                path = next_name(path)
        for port in self._ports[1:]:
            port.plug_in(self._ports[0].path + port.path.removeprefix(before))

    def _first_path(self, before: str) -> str:
        match self._section.comes_back_as:
            case "same name":
                return before
            case "next name":
                return next_name(before)
            case name:
                return str(Path(before).with_name(name))
