"""When a scenario's modem is unplugged, and how its ports come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simisp.endpoints.base import Endpoint
from simisp.endpoints.unpluggable import UnpluggableEndpoint, next_name
from simisp.errors import EndpointError
from simisp.runtime.clock import Clock
from simisp.runtime.driver import Driver
from simisp.runtime.driver_group import DriverGroup
from simisp.scenario.model import ModemSection

if TYPE_CHECKING:
    from simisp.scenario.port_sections import UnplugSection

__all__ = ["PlugSchedule", "follow_plugs"]

_MOST_TRIES = 100


def follow_plugs(
    modems: Sequence[tuple[Sequence[str], ModemSection]],
    group: DriverGroup,
    endpoints: Mapping[str, Endpoint],
    clock: Clock,
) -> None:
    """Have each modem that is to be unplugged unplugged in time, with all its ports.

    Args:
        modems: The modems, each with the names of its ports; each line of a bank is one.
        group: The drivers of all ports, not yet started.
        endpoints: The ports by their names.
        clock: The clock of the run.
    """
    for names, modem in modems:
        plugs = [port for name in names if isinstance(port := endpoints[name], UnpluggableEndpoint)]
        if modem.unplug is not None and plugs:
            drivers = [group.by_port[name] for name in names]
            group.show(PlugSchedule(modem.unplug, plugs, drivers, clock).look)


class PlugSchedule:
    """Unplugs the ports of a modem once, and plugs them in again.

    The time counts from the first opening of any of them. A name that another file has taken meanwhile is passed over
    for the next one, as the kernel does it for devices.

    Args:
        section: What the scenario says.
        ports: The ports: the first one's path is the one that changes, the others' begin with it.
        drivers: Those of the ports, which know when they were opened.
        clock: The clock of the run.
    """

    def __init__(
        self, section: UnplugSection, ports: Sequence[UnpluggableEndpoint], drivers: Sequence[Driver], clock: Clock
    ) -> None:
        self._section = section
        self._ports = ports
        self._drivers = drivers
        self._clock = clock
        self._is_begun = False

    def look(self) -> None:
        """Begin to count as soon as a port has been opened."""
        if self._is_begun:
            return
        opened = min((at for driver in self._drivers if (at := driver.first_opened_at) is not None), default=None)
        if opened is not None:
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
