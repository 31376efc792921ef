"""The port on which a scenario is played."""

from __future__ import annotations

from pathlib import Path

from simisp.endpoints.access import PortAccess
from simisp.endpoints.pty import PtyEndpoint
from simisp.scenario.load import LoadedScenario

__all__ = ["pseudo_terminal"]


def pseudo_terminal(
    scenario: LoadedScenario,
    *,
    link: str | Path | None = None,
    access: PortAccess = PortAccess(),  # noqa: B008 - frozen
) -> PtyEndpoint:
    """Return a pseudo-terminal in the initial state that a scenario specifies.

    Args:
        scenario: The scenario.
        link: The path of the port's link; None for a free name in the user's private folder.
        access: Who may open the port; by default only the user of this process.

    Raises:
        EndpointError: No PTY is available, or the link can't be made.
    """
    return PtyEndpoint(link, raw=scenario.model.port.starts == "raw", access=access)
