"""Reads what pppd writes: the frames of its option ``debug``, and the addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simisp.from_log.said import SeenPpp
from simisp.scp.address import is_address

__all__ = ["begins_ppp", "seen_ppp"]

_FRAME = re.compile(r"(?:^|: )(?P<way>sent|rcvd) \[(?P<what>[A-Z0-9-]+ .*)\]?")
_AUTH = re.compile(r"^LCP ConfReq .*<auth (?P<auth>pap|chap MD5|chap MS-v2)>")
_USER = re.compile(r'^(?:PAP AuthReq .*user="(?P<pap>[^"]*)"|CHAP Response .*name = "(?P<chap>[^"]*)")')
_ADDRESS = re.compile(
    r"(?:^|: )(?P<which>local  IP|remote IP|primary   DNS|secondary DNS) address (?P<address>[0-9.]+)"
)
_WORDS = {"pap": "pap", "chap MD5": "chap", "chap MS-v2": "mschap-v2"}


def begins_ppp(line: str) -> bool:
    """Return whether a line shows a frame of PPP."""
    return _FRAME.search(line) is not None


def seen_ppp(lines: Sequence[str]) -> SeenPpp | None:
    """Return what the lines of pppd say; None if there is no frame in them."""
    frames = [found for line in lines if (found := _FRAME.search(line))]
    if not frames:
        return None
    heard = [frame["what"] for frame in frames if frame["way"] == "rcvd"]
    sent = [frame["what"] for frame in frames if frame["way"] == "sent"]
    auth = next((_WORDS[found["auth"]] for what in heard if (found := _AUTH.match(what))), "")
    users = [found["pap"] or found["chap"] or "" for what in sent if (found := _USER.match(what))]
    addresses = dict[str, str]()
    for line in lines:
        if (found := _ADDRESS.search(line)) and is_address(found["address"]):
            addresses.setdefault(found["which"], found["address"])
    dns = tuple(addresses[name] for name in ("primary   DNS", "secondary DNS") if name in addresses)
    local, remote = addresses.get("remote IP", ""), addresses.get("local  IP", "")  # pppd's remote is the ISP
    return SeenPpp(bool(heard), auth, users[0] if users else "", local, remote, dns)
