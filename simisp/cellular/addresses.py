"""The addresses that the packet network gives to contexts: from the blocks that are kept for documentation."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

__all__ = ["ContextAddress", "ipv6_text", "network_address"]

_FIRST_V4 = IPv4Address("192.0.2.0")
_FIRST_V6 = IPv6Address("2001:db8::")
_GATEWAY, _NAME_SERVERS = 254, (253, 252)
_PREFIX_LENGTH = 64


@dataclass(frozen=True, slots=True)
class ContextAddress:
    """The addresses of an active context; None for a kind that its type does not have.

    Attributes:
        v4: Its IPv4 address.
        v6: Its IPv6 address.
    """

    v4: IPv4Address | None
    v6: IPv6Address | None

    @property
    def texts(self) -> list[str]:
        """The addresses as 3GPP TS 27.007 writes them, all octets of an IPv6 address in decimal notation."""
        v6 = [] if self.v6 is None else [ipv6_text(self.v6)]
        return [*([] if self.v4 is None else [str(self.v4)]), *v6]

    @property
    def details(self) -> list[tuple[str, str, str, str]]:
        """For each address: itself with its mask, the gateway, and two name servers."""
        found = []
        if self.v4 is not None:
            others = (str(_FIRST_V4 + number) for number in (_GATEWAY, *_NAME_SERVERS))
            found.append((f"{self.v4}.255.255.255.0", *others))
        if self.v6 is not None:
            mask = IPv6Address((2**_PREFIX_LENGTH - 1) << (128 - _PREFIX_LENGTH))
            others = (ipv6_text(_FIRST_V6 + number) for number in (_GATEWAY, *_NAME_SERVERS))
            found.append((f"{ipv6_text(self.v6)}.{ipv6_text(mask)}", *others))
        return [(first, second, third, fourth) for first, second, third, fourth in found]


def network_address(kind: str, number: int) -> ContextAddress:
    """Return the addresses of a context.

    Args:
        kind: Its type: IP, IPV6, IPV4V6 or PPP.
        number: Its number, 1 to 251.

    Example:
        >>> network_address("IP", 1).texts
        ['192.0.2.1']
        >>> network_address("IPV6", 1).texts
        ['32.1.13.184.0.1.0.0.0.0.0.0.0.0.0.1']
    """
    v4 = None if kind == "IPV6" else _FIRST_V4 + number
    v6 = IPv6Address(int(_FIRST_V6) + (number << _PREFIX_LENGTH + 16) + 1) if kind in {"IPV6", "IPV4V6"} else None
    return ContextAddress(v4, v6)


def ipv6_text(address: IPv6Address) -> str:
    """Return an IPv6 address as 27.007 writes it unless +CGPIAF says otherwise (10.1.1)."""
    return ".".join(map(str, address.packed))
