"""How much a machine keeps."""

from __future__ import annotations

from typing import Any

__all__ = ["octets_kept"]

_NO_STATE = (int, float, bool, type(None), type)


def octets_kept(machine: object) -> int:
    """Return how many octets, characters and items a machine holds, with all the parts of ours that it is made of."""
    seen: set[int] = set()
    waiting: list[Any] = [machine]
    total = 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, _NO_STATE) or id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, bytes | bytearray | str):
            total += len(part)
        elif isinstance(part, dict):
            total += len(part)
            waiting += [*part.keys(), *part.values()]
        elif hasattr(part, "__len__") and hasattr(part, "__iter__"):
            total += len(part)
            waiting += list(part)
        elif type(part).__module__.startswith("simisp."):
            waiting += _attributes(part)
    return total


def _attributes(part: object) -> list[Any]:
    names = [*getattr(part, "__dict__", {})]
    for kind in type(part).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    return [getattr(part, name) for name in names if hasattr(part, name)]
