"""What a user could try on the ports of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simisp.endpoints.spec import EndpointSpec

__all__ = ["what_to_try"]


def what_to_try(paths: Sequence[str], specs: Sequence[EndpointSpec]) -> str:
    """Return commands that open the ports, and what else is to be known about them.

    Args:
        paths: How a client names each port.
        specs: The ports that were asked for; empty for a pseudo-terminal.
    """
    lines = ["Try on it, for instance:"]
    for path in paths:
        lines += _for(path)
    if keep_alive := {f"{spec.keep_alive:g} s" for spec in specs if spec.host}:
        lines.append(f"A client that is gone without a word is given up after {' or '.join(sorted(keep_alive))}.")
    return "\n".join([*lines, "Ctrl-C ends the run."])


def _for(path: str) -> list[str]:
    from simisp.endpoints.opening import address_of

    host, port = address_of(path)
    if path.startswith("/"):
        return [
            f"  picocom {path}     then type ATDT5551234, and p, alice, wonderland",
            f"  chat -v TIMEOUT 5 '' ATZ OK ATDT5551234 CONNECT '\\d\\c' ervice? p sername: alice <{path} >{path}",
        ]
    if path.startswith("unix:"):
        name = path.removeprefix("unix:")
        address = f"ABSTRACT-CONNECT:{name[1:]}" if name.startswith("@") else f"UNIX-CONNECT:{name}"
        return [f"  socat -,crnl {address}     then type ATDT5551234, and p, alice, wonderland"]
    if path.startswith("socket:"):
        shown = f"[{host}]" if ":" in host else host
        return [f"  socat -,crnl TCP:{shown}:{port}     then type ATDT5551234, and p, alice, wonderland"]
    if path.startswith("telnet:"):
        return [f"  telnet {host} {port}     then type ATDT5551234, and p, alice, wonderland"]
    if path.startswith("rfc2217:"):
        return [f"  pyserial-miniterm {path}     then type ATDT5551234, and p, alice, wonderland"]
    return []
