"""The plan ``stalls``: the ISP or the modem falls silent after each octet that it sends."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case, YamlValue
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["stalls"]


def stalls(_scenario: LoadedScenario, undisturbed: Undisturbed, _seed: int) -> Iterator[Case]:
    """Yield silence from the start, and after each octet of modem and ISP.

    What the ISP sends stops between ISP and modem, so the modem still answers; what the modem itself sends stops at the
    port.
    """
    yield _silence("at the port from the start", "port", 0, 0)
    text = ""
    for piece in undisturbed.pieces_of("modem", "isp"):
        is_isp = piece.sender == "isp"
        before = piece.before_on_line if is_isp else piece.before
        for index in range(len(piece.data)):
            text = (text + chr(piece.shown[index]))[-24:]
            where = f"of the {'ISP' if is_isp else 'modem'} after {text!r}, octet {piece.position + index + 1}"
            yield _silence(where, "line" if is_isp else "port", before + index + 1, piece.position + index + 1)


def _silence(where: str, side: str, octets: int, position: int) -> Case:
    fault: dict[str, YamlValue] = {"fault": "silence", "side": side}
    if octets:
        fault["after"] = {"octets": str(octets)}
    return Case(f"silence {where}", "stalls", "silence", position, {"line": {"faults": [fault]}})
