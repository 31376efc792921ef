"""The port on which a scenario is played."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from simisp.endpoints.access import PortAccess
from simisp.endpoints.base import Endpoint
from simisp.endpoints.pty import PtyEndpoint
from simisp.endpoints.several import SeveralEndpoints
from simisp.endpoints.spec import EndpointSpec, PortManner, parse_endpoint
from simisp.endpoints.unpluggable import UnpluggableEndpoint
from simisp.errors import EndpointError
from simisp.scenario.load import LoadedScenario

__all__ = ["further_ports", "paths_of", "ports_of", "pseudo_terminal"]

_USUAL = (parse_endpoint("pty"),)


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
    played, name = (scenario.bank[0].scenario, scenario.bank[0].name) if scenario.bank else (scenario, "")
    manner = PortManner(scenario.model.port.starts == "raw", _link_of(link, name), access, streams)
    if not specs:
        return pseudo_terminal(played, link=manner.link, access=access)
    _refuse_what_is_unplugged(scenario, specs)
    return _joined(
        partial(pseudo_terminal, played, link=_link_of(spec.name, name) or manner.link, access=access)
        if spec.kind == "pty"
        else partial(spec.make, manner)
        for spec in specs
    )


def further_ports(
    specs: Sequence[EndpointSpec] = (),
    *,
    access: PortAccess = PortAccess(),  # noqa: B008 - frozen
) -> Callable[[str, str, LoadedScenario], Endpoint]:
    """Return what makes the ports of the second line and those after it, of the kinds that the first one has.

    It is called for one line after the other, with the line's name, the path that a pseudo-terminal's link is to have
    if it is the first of the line's ports, and what is played there.

    Args:
        specs: The ports that were asked for.
        access: Who may open a pseudo-terminal, or connect to a Unix socket.
    """
    numbers = itertools.count(1)

    def make(name: str, path: str, played: LoadedScenario) -> Endpoint:
        number, manner = next(numbers), PortManner(access=access)
        return _joined(
            partial(pseudo_terminal, played, link=_link_of(spec.name, name) if index else path, access=access)
            if spec.kind == "pty"
            else partial(spec.further(number).make, manner)
            for index, spec in enumerate(specs or _USUAL)
        )

    return make


def _link_of(link: str | Path | None, name: str) -> str | Path | None:
    """Return the path of a line's link; None for a free one."""
    return f"{link}-{name}" if link and name else link or None


def _joined(makers: Iterable[Callable[[], Endpoint]]) -> Endpoint:
    """Return the ports as one line, or the only one of them.

    Raises:
        EndpointError: One is not available; the others are closed then.
    """
    made: list[Endpoint] = []
    try:
        for maker in makers:
            made.append(maker())  # noqa: PERF401 - those made before one that fails are to be closed
    except BaseException:
        for endpoint in made:
            endpoint.close()
        raise
    return made[0] if len(made) == 1 else SeveralEndpoints(made)


def _refuse_what_is_unplugged(scenario: LoadedScenario, specs: Sequence[EndpointSpec]) -> None:
    """Refuse ports that can't be unplugged where the scenario does that, rather than let them stay.

    Raises:
        EndpointError: There is one.
    """
    played = [line.scenario for line in scenario.bank] or [scenario]
    if any(each.model.modem.unplug is not None for each in played) and [spec.kind for spec in specs] != ["pty"]:
        raise EndpointError(
            "the scenario unplugs its modem, and only a pseudo-terminal by itself can be unplugged",
            path=", ".join(spec.text for spec in specs),
            remedy="leave out --endpoint",
        )


def paths_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Return the paths by which clients reach a line, one for each of its ports."""
    return endpoint.paths if isinstance(endpoint, SeveralEndpoints) else (endpoint.path,)
