"""How a port is written: ``tcp:127.0.0.1:4001``, ``unix:@modem?busy=later``, ``pty:/tmp/modem``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from simisp.endpoints.access import PortAccess
from simisp.endpoints.base import Endpoint
from simisp.endpoints.coding import Coding, MakeCoding, RawCoding
from simisp.endpoints.pty import PtyEndpoint
from simisp.errors import EndpointError
from simisp.framing import Framing

__all__ = ["ENDPOINT_FORMS", "EndpointSpec", "PortManner", "parse_endpoint", "parse_endpoints"]

_LOOPBACK = "127.0.0.1"
_DIGITS = frozenset("0123456789")
_LARGEST_PORT = 65535
_FASTEST = 4_000_000
_USUAL_SPEED = 115_200
_SHORTEST_KEEP_ALIVE = 2.0
_LONGEST_KEEP_ALIVE = 32767.0
"""What the kernel takes for TCP_KEEPIDLE."""


@dataclass(frozen=True, slots=True)
class PortManner:
    """What a scenario and a caller want of a port, whatever kind it is of.

    Attributes:
        raw: Whether a terminal is initially raw.
        link: The path of a terminal's link; None for a free name in the user's private folder.
        access: Who may open a terminal, or connect to a Unix socket.
        streams: Descriptors for a line on standard input and output, which the port closes; None if there are none.
    """

    raw: bool = False
    link: str | Path | None = None
    access: PortAccess = PortAccess()  # noqa: RUF009 - frozen
    streams: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """A port as it was asked for.

    Attributes:
        kind: The word before the colon.
        text: The whole text.
        host: The address at which a TCP port listens; empty for other kinds.
        port: Its number; 0 for a free one.
        name: A path or an abstract name; empty for one of simisp's choice.
        options: What follows the question mark.
    """

    kind: str
    text: str
    host: str = ""
    port: int = 0
    name: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def warning(self) -> str:
        """What there is to warn of; empty if there is nothing."""
        from simisp.endpoints.tcp import is_loopback

        if not self.host or is_loopback(self.host):
            return ""
        return f"{self.text}: whoever reaches this machine at {self.host} can have the line; nothing asks who it is"

    @property
    def keep_alive(self) -> float:
        """For how many seconds a silent client may be gone before its connection ends."""
        from simisp.endpoints.tcp import KEEP_ALIVE

        return float(self.options.get("keepalive", KEEP_ALIVE))

    @property
    def takes_link(self) -> bool:
        """Whether a path for its link can be given besides: it is a terminal, and names none itself."""
        return self.kind == "pty" and not self.name

    def further(self, number: int) -> EndpointSpec:
        """Return the port of another line of the run: another number of a TCP port, another name of a Unix socket.

        Args:
            number: 1 for the second line, 2 for the third and so on.

        Raises:
            EndpointError: There is one such port, or no port has that number.
        """
        if self.kind in ("stdio", "serial"):
            raise EndpointError("there are several lines, and this is one port", path=self.text, remedy="leave it out")
        if self.port + number > _LARGEST_PORT:
            raise EndpointError(
                f"each line takes the next port, and there is none after {_LARGEST_PORT}", path=self.text,
                remedy="begin lower, or write port 0 for free ones",
            )  # fmt: skip
        if self.host:
            return replace(self, port=self.port + number if self.port else 0)
        return replace(self, name=f"{self.name}-{number + 1}" if self.name else "")

    def make(self, manner: PortManner = PortManner()) -> Endpoint:
        """Return the port.

        Raises:
            EndpointError: It can't be had.
        """
        return _FORMS[self.kind].make(self, manner)


@dataclass(frozen=True, slots=True)
class _Form:
    """How one kind of port is written, and what makes it."""

    shown: str
    parse: Callable[[EndpointSpec, str], EndpointSpec]
    make: Callable[[EndpointSpec, PortManner], Endpoint]
    options: frozenset[str] = frozenset()


def parse_endpoint(text: str) -> EndpointSpec:
    """Return the port that a text asks for.

    Raises:
        TypeError: It is no text.
        ValueError: The text is no port; the message says what one looks like.

    Example:
        >>> spec = parse_endpoint("tcp:4001?keepalive=10")
        >>> spec.host, spec.port, spec.keep_alive
        ('127.0.0.1', 4001, 10.0)
        >>> parse_endpoint("unix:@abstract:modem").name
        '@abstract:modem'
    """
    if not isinstance(text, str):
        raise TypeError(f"an endpoint is a text such as 'tcp:4001', not {text!r}")
    kind, colon, rest = text.partition(":")
    kind, question, query = kind.partition("?") if not colon else (kind, "", "")
    form = _FORMS.get(kind)
    if form is None:
        raise ValueError(f"{text!r} is not an endpoint: use {', '.join(ENDPOINT_FORMS)}")
    if colon:
        rest, question, query = rest.partition("?")
        if not rest:
            raise ValueError(f"{text!r}: nothing follows the colon; write {form.shown}")
    options = _options(text, form, query if question else "")
    return form.parse(EndpointSpec(kind, text, options=options), rest)


def parse_endpoints(texts: str | Iterable[str]) -> list[EndpointSpec]:
    """Return the ports that texts ask for; one text alone is one port.

    Raises:
        TypeError: One is no text.
        ValueError: A text is no port.
    """
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        return [parse_endpoint(texts)]
    return [parse_endpoint(text) for text in texts]


def _options(text: str, form: _Form, query: str) -> dict[str, str]:
    if not query:
        return {}
    from urllib.parse import parse_qsl  # few endpoints have options

    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    except ValueError:
        raise ValueError(f"{text!r}: what follows the question mark is not NAME=VALUE, joined by &") from None
    for name, value in pairs:
        if name not in form.options:
            known = ", ".join(sorted(form.options)) or "there are none"
            raise ValueError(f"{text!r}: {name!r} is not an option of {form.shown} (options: {known})")
        if name == "keepalive" and not _is_between(value, _SHORTEST_KEEP_ALIVE, _LONGEST_KEEP_ALIVE):
            raise ValueError(f"{text!r}: keepalive is a number of seconds from 2 to {_LONGEST_KEEP_ALIVE:g}")
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name in found if sum(name == each for each, _ in pairs) > 1)
        raise ValueError(f"{text!r}: {twice!r} is given more than once")
    return found


def _is_between(text: str, least: float, most: float) -> bool:
    digits, _, parts = text.partition(".")
    return set(digits + parts) <= _DIGITS and any((digits, parts)) and least <= float(text) <= most


def _of_tcp(spec: EndpointSpec, address: str) -> EndpointSpec:
    host, colon, number = address.rpartition(":")
    if not address:
        number = "0"
    port = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else -1
    if not 0 <= port <= _LARGEST_PORT or (colon and not host) or any(map(str.isspace, host)):
        raise ValueError(f"{spec.text!r}: write {_FORMS[spec.kind].shown}, with a port from 0 to {_LARGEST_PORT}")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if not _is_ipv6(host):
            raise ValueError(f"{spec.text!r}: {host!r} is not an IPv6 address, which alone is written in brackets")
    elif "/" in host:
        raise ValueError(f"{spec.text!r}: an endpoint is no URL; write {_FORMS[spec.kind].shown}")
    elif ":" in host:
        raise ValueError(f"{spec.text!r}: an IPv6 address is written in brackets, as in {spec.kind}:[::1]:{port}")
    return EndpointSpec(spec.kind, spec.text, host or _LOOPBACK, port, options=spec.options)


def _is_ipv6(host: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address  # few endpoints have one

    try:
        IPv6Address(host)
    except AddressValueError:
        return False
    return True


def _of_unix(spec: EndpointSpec, name: str) -> EndpointSpec:
    if name == "@":
        raise ValueError(f"{spec.text!r}: no name follows the @; write {_FORMS[spec.kind].shown}")
    return _of_name(spec, name)


def _of_name(spec: EndpointSpec, name: str) -> EndpointSpec:
    return EndpointSpec(spec.kind, spec.text, name=name, options=spec.options)


def _pty(spec: EndpointSpec, manner: PortManner) -> Endpoint:
    return PtyEndpoint(spec.name or manner.link, raw=manner.raw, access=manner.access)


def _unix(spec: EndpointSpec, manner: PortManner) -> Endpoint:
    from simisp.endpoints.unix import (
        unix_endpoint,
    )  # each kind of port when it is asked for: most runs have none of them

    return unix_endpoint(spec.name or None, busy=_busy(spec), access=manner.access)


def _stdio(_: EndpointSpec, manner: PortManner) -> Endpoint:
    if manner.streams is None:
        raise EndpointError(
            "this process's standard input and output are not the line's", path="stdio", remedy="use simisp run"
        )
    from simisp.endpoints.stdio import StdioEndpoint

    return StdioEndpoint(*manner.streams)


def _without_address(spec: EndpointSpec, address: str) -> EndpointSpec:
    if address:
        raise ValueError(f"{spec.text!r}: nothing follows stdio")
    return spec


def _of_device(spec: EndpointSpec, name: str) -> EndpointSpec:
    if not name:
        raise ValueError(f"{spec.text!r}: which port? Write {_FORMS[spec.kind].shown}")
    speed = spec.options.get("baud", "1")
    if not (speed.isascii() and speed.isdigit() and 1 <= int(speed) <= _FASTEST):
        raise ValueError(f"{spec.text!r}: baud is a number of bit/s from 1 to {_FASTEST}")
    if "framing" in spec.options:
        try:
            Framing.parse(spec.options["framing"])
        except ValueError as error:
            raise ValueError(f"{spec.text!r}: {error}") from None
    return _of_name(spec, name)


def _serial(spec: EndpointSpec, _: PortManner) -> Endpoint:
    from simisp.endpoints.serial_port import SerialEndpoint  # pyserial takes as long to import as much of a run's start

    framing = Framing.parse(spec.options.get("framing", "8N1"))
    return SerialEndpoint(spec.name, speed=int(spec.options.get("baud", _USUAL_SPEED)), framing=framing)


def _tcp(scheme: str, coding: MakeCoding) -> _Form:
    def make(spec: EndpointSpec, _: PortManner) -> Endpoint:
        from simisp.endpoints.tcp import tcp_endpoint

        return tcp_endpoint(
            spec.host, spec.port, coding=coding, scheme=scheme, busy=_busy(spec), keep_alive=spec.keep_alive
        )

    kind = "tcp" if scheme == "socket" else scheme
    return _Form(f"{kind}[:[HOST:]PORT]", _of_tcp, make, frozenset({"busy", "keepalive"}))


def _telnet() -> Coding:
    from simisp.endpoints.telnet import TelnetCoding

    return TelnetCoding()


def _rfc2217() -> Coding:
    from simisp.endpoints.rfc2217 import Rfc2217Coding

    return Rfc2217Coding()


def _busy(spec: EndpointSpec) -> str:
    """Return what a second client reads, as a line of its own."""
    from simisp.endpoints.socket_port import BUSY_TEXT

    text = spec.options.get("busy")
    return BUSY_TEXT if text is None else f"{text}\r\n" if text else ""


_FORMS: dict[str, _Form] = {
    "pty": _Form("pty[:LINK]", _of_name, _pty),
    "tcp": _tcp("socket", RawCoding),
    "telnet": _tcp("telnet", _telnet),
    "rfc2217": _tcp("rfc2217", _rfc2217),
    "stdio": _Form("stdio", _without_address, _stdio),
    "serial": _Form("serial:DEVICE", _of_device, _serial, frozenset({"baud", "framing"})),
    "unix": _Form("unix[:PATH] or unix:@NAME", _of_unix, _unix, frozenset({"busy"})),
}
ENDPOINT_FORMS = tuple(form.shown for form in _FORMS.values())
"""How each kind is written."""
