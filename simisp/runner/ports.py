"""The port on which a scenario is played."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

from simisp.endpoints.access import PortAccess
from simisp.endpoints.base import Endpoint
from simisp.endpoints.pty import PtyEndpoint
from simisp.endpoints.several import SeveralEndpoints
from simisp.endpoints.spec import EndpointSpec, PortManner
from simisp.endpoints.unpluggable import UnpluggableEndpoint
from simisp.scenario.load import LoadedScenario

__all__ = ["further_ports", "paths_of", "ports_of", "pseudo_terminal"]


def pseudo_terminal(
    scenario: LoadedScenario,
    *,
    link: str | Path | None = None,
    access: PortAccess = PortAccess(),  # noqa: B008 - frozen
) -> PtyEndpoint | UnpluggableEndpoint:
    """Return a pseudo-terminal in the initial state that a scenario specifies, with a plug if it is to be unplugged.

    Args:
        scenario: The scenario that is played there, of a bank the line's.
        link: The path of the port's link; None for a free name in the user's private folder.
        access: Who may open the port; by default only the user of this process.

    Raises:
        EndpointError: No PTY is available, or the link can't be made.
    """
    raw = scenario.model.port.starts == "raw"
    if scenario.model.modem.unplug is None:
        return PtyEndpoint(link, raw=raw, access=access)
    return UnpluggableEndpoint(lambda path: PtyEndpoint(path or link, raw=raw, access=access))


def ports_of(
    scenario: LoadedScenario,
    specs: Sequence[EndpointSpec] = (),
    *,
    link: str | Path | None = None,
    access: PortAccess = PortAccess(),  # noqa: B008 - frozen
    streams: tuple[int, int] | None = None,
) -> Endpoint:
    """Return the port on which a scenario is played; several are one line with several ways to it.

    Args:
        scenario: The scenario.
        specs: The ports that were asked for; none for a pseudo-terminal.
        link: The path of a pseudo-terminal's link, to which the first of several lines adds its name; None for a free
            name in the user's private folder.
        access: Who may open a pseudo-terminal, or connect to a Unix socket.
        streams: Descriptors for a line on standard input and output; None if there are none.

    Raises:
        EndpointError: A port is not available.
    """
    if link is not None and scenario.bank:
        link = f"{link}-{scenario.bank[0].name}"
    if not specs:
        played = scenario.bank[0].scenario if scenario.bank else scenario
        return pseudo_terminal(played, link=link, access=access)
    manner = PortManner(scenario.model.port.starts == "raw", link, access, streams)
    made: list[Endpoint] = []
    try:
        for spec in specs:
            made.append(spec.make(manner))  # noqa: PERF401 - those made before one that fails are to be closed
    except BaseException:
        for endpoint in made:
            endpoint.close()
        raise
    return made[0] if len(made) == 1 else SeveralEndpoints(made)


def further_ports(
    specs: Sequence[EndpointSpec] = (),
    *,
    access: PortAccess = PortAccess(),  # noqa: B008 - frozen
) -> Callable[[str, LoadedScenario], Endpoint]:
    """Return what makes the ports of the second line and those after it, of the kind that the first one has.

    It is called for one line after the other, with the path that a pseudo-terminal's link is to have, and what is
    played there.

    Args:
        specs: The ports that were asked for; of several the first counts.
        access: Who may open a pseudo-terminal, or connect to a Unix socket.
    """
    numbers = itertools.count(1)

    def make(path: str, played: LoadedScenario) -> Endpoint:
        if not specs or specs[0].kind == "pty":
            return pseudo_terminal(played, link=path, access=access)
        return specs[0].further(next(numbers)).make(PortManner(access=access))

    return make


def paths_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the paths by which clients reach a line, one for each of its ports."""
    return endpoint.paths if isinstance(endpoint, SeveralEndpoints) else (endpoint.path,)
