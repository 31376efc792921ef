"""How ports are written, and what is said of one that is written wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simisp.endpoints.pty import PtyEndpoint
from simisp.endpoints.spec import ENDPOINT_FORMS, PortManner, parse_endpoint
from simisp.errors import EndpointError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("tcp", "127.0.0.1", 0),
        ("tcp:4001", "127.0.0.1", 4001),
        ("tcp:127.0.0.1:0", "127.0.0.1", 0),
        ("tcp:0.0.0.0:4001", "0.0.0.0", 4001),
        ("tcp:[::1]:65535", "::1", 65535),
        ("tcp:[fe80::1%eth0]:1", "fe80::1%eth0", 1),
        ("tcp:localhost:7?keepalive=5&busy=later", "localhost", 7),
    ],
)
def test_a_tcp_port_is_on_loopback_unless_an_address_is_named(text: str, host: str, port: int) -> None:
    spec = parse_endpoint(text)
    assert (spec.host, spec.port) == (host, port)


@pytest.mark.parametrize("text", ["tcp:0.0.0.0:0", "tcp:[::]:0", "tcp:192.0.2.7:4001", "tcp:modem.example:4001"])
def test_an_address_that_others_reach_is_warned_of(text: str) -> None:
    assert "whoever reaches this machine" in parse_endpoint(text).warning


@pytest.mark.parametrize("text", ["tcp", "tcp:127.0.0.9:1", "tcp:[::1]:1", "tcp:localhost:1", "unix:@name", "pty"])
def test_what_only_this_machine_reaches_is_not_warned_of(text: str) -> None:
    assert parse_endpoint(text).warning == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not an endpoint: use pty[:LINK], tcp[:[HOST:]PORT],"),
        ("tcq:1", "is not an endpoint"),
        ("tcp:", "nothing follows the colon; write tcp[:[HOST:]PORT]"),
        ("stdio:", "nothing follows the colon; write stdio"),
        ("tcp:65536", "a port from 0 to 65535"),
        ("tcp:-1", "a port from 0 to 65535"),
        ("tcp::1", "write tcp[:[HOST:]PORT]"),
        ("tcp:localhost:4001:3", "an IPv6 address is written in brackets, as in tcp:[::1]:3"),
        ("telnet:::1:23", "an IPv6 address is written in brackets, as in telnet:[::1]:23"),
        ("tcp:[modem]:0", "'modem' is not an IPv6 address, which alone is written in brackets"),
        ("tcp://127.0.0.1:4001", "an endpoint is no URL; write tcp[:[HOST:]PORT]"),
        ("unix:@", "no name follows the @"),
        ("tcp:\u0664", "a port from 0 to 65535"),
        ("tcp:1?keepalive=soon", "keepalive is a number of seconds from 2 to 32767"),
        ("tcp:0?busy=a&keepalive=5&busy=b", "'busy' is given more than once"),
        ("tcp:1?keepalive=nan", "keepalive is a number of seconds"),
        ("tcp:1?keepalive=1_0", "keepalive is a number of seconds"),
        ("tcp:1?keepalive=\u0663", "keepalive is a number of seconds"),
        ("tcp:1?keepalive=.", "keepalive is a number of seconds"),
        ("telnet: 127.0.0.1:23", "write telnet[:[HOST:]PORT]"),
        ("tcp:1?keepalive=1", "keepalive is a number of seconds"),
        ("tcp:1?baud=9600", "'baud' is not an option of tcp[:[HOST:]PORT] (options: busy, keepalive)"),
        ("unix:@a?keepalive=5", "'keepalive' is not an option of unix[:PATH] or unix:@NAME (options: busy)"),
        ("pty?x=1", "(options: there are none)"),
        ("tcp:1?busy", "is not NAME=VALUE"),
        ("stdio:1", "nothing follows stdio"),
        ("serial", "which port? Write serial:DEVICE"),
        ("serial:/dev/ttyS0?baud=fast", "baud is a number of bit/s from 1 to 4000000"),
        ("serial:/dev/ttyS0?framing=9X3", "is not a framing such as 8N1"),
    ],
)
def test_a_mistake_is_reported_with_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^'") as caught:
        parse_endpoint(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("first", "third"),
    [
        ("tcp:4001", ("127.0.0.1", 4003, "")),
        ("rfc2217:[::1]:0", ("::1", 0, "")),
        ("unix:@bank", ("", 0, "@bank-3")),
        ("unix", ("", 0, "")),
    ],
)
def test_a_further_line_has_a_port_of_the_same_kind(first: str, third: tuple[str, int, str]) -> None:
    spec = parse_endpoint(first).further(2)
    assert (spec.host, spec.port, spec.name) == third


@pytest.mark.parametrize("text", ["stdio", "serial:/dev/ttyS0"])
def test_a_port_of_which_there_is_one_has_no_further_line(text: str) -> None:
    with pytest.raises(EndpointError, match="there are several lines"):
        parse_endpoint(text).further(2)


def test_lines_that_would_need_a_port_above_the_largest_are_advised_to_begin_lower() -> None:
    with pytest.raises(EndpointError, match=r"there is none after 65535: tcp:65534 \(begin lower"):
        parse_endpoint("tcp:65534").further(2)


@pytest.mark.parametrize("form", ENDPOINT_FORMS)
def test_a_form_shows_whether_its_kind_may_stand_alone(form: str) -> None:
    kind = re.split(r"\W", form)[0]
    if form == kind or form.startswith(f"{kind}["):
        assert parse_endpoint(kind).kind == kind
    else:
        with pytest.raises(ValueError, match="which port"):
            parse_endpoint(kind)


def test_a_serial_port_is_never_written_alone() -> None:
    with pytest.raises(ValueError, match=r"write serial:DEVICE$"):
        parse_endpoint("serial:")


def test_a_pseudo_terminal_has_the_link_that_its_text_names(tmp_path: Path) -> None:
    endpoint = parse_endpoint(f"pty:{tmp_path}/modem").make(PortManner(raw=True, link="elsewhere"))
    assert isinstance(endpoint, PtyEndpoint)
    assert endpoint.path == str(tmp_path / "modem")
    endpoint.close()
