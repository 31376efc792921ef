"""What drives a scenario's line: the contract of one driver, and of several that are asked as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from simisp.endpoints.base import Endpoint
from simisp.runtime.clock import Clock

if TYPE_CHECKING:  # a driver is one itself
    from simisp.runtime.driver import Driver

__all__ = ["LineDriver"]


class LineDriver(Protocol):
    """One :class:`~simisp.runtime.driver.Driver`, or a :class:`~simisp.runtime.driver_group.DriverGroup` of them."""

    @property
    def by_port(self) -> Mapping[str, Driver]:
        """The driver of each port by the port's name, in their order; a port that is the only one has an empty name."""

    @property
    def endpoint(self) -> Endpoint:
        """The first port, which a command gets."""

    @property
    def clock(self) -> Clock:
        """The clock of the run."""

    @property
    def openings(self) -> int:
        """How many times the ports are open, together."""

    @property
    def first_opened_at(self) -> float | None:
        """When any of the ports was first opened; None if none was."""

    @property
    def last_closed_at(self) -> float | None:
        """When a port was last closed completely; None if none was."""

    @property
    def last_moved_at(self) -> float:
        """When an octet last passed, at any port."""

    def start(self) -> None:
        """Begin to serve the ports."""

    def stop(self) -> None:
        """Leave the ports alone. Calling it again does nothing."""

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds; it is evaluated after each event at any port."""

    def recount_as_free(self) -> None:
        """Treat every port as closed although its closing was not notified: no process has one open."""
