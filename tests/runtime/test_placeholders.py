"""Placeholders in a command, and what is none."""

from __future__ import annotations

import pytest

from simisp.errors import ClientError
from simisp.runtime.placeholders import with_port

PORT = "/dev/pts/7"


def inserted(*command: str, port: str = PORT) -> list[str]:
    return with_port(command, port, {})[0]


@pytest.mark.parametrize(
    ("command", "slip", "meant"),
    [
        (("dial", "{prot}"), "{prot}", "{port}"),
        (("dial", "{pot}"), "{pot}", "{port}"),
        (("dial", "-l{ports}"), "{ports}", "{port}"),
        (("dial", "{Port}"), "{Port}", "{port}"),
        (("dial", "{poet}"), "{poet}", "{port}"),
        (("dial", "{prot:2}"), "{prot:2}", "{port:2}"),
        (("sh", "-c", "stty -a < {prot}"), "{prot}", "{port}"),
        (("dial", "{port}", "--locks={lock}"), "{lock}", "{locks}"),
    ],
)
def test_a_slip_is_refused_with_what_was_meant(command: tuple[str, ...], slip: str, meant: str) -> None:
    with pytest.raises(ClientError, match="did you mean") as caught:
        inserted(*command)
    assert str(caught.value) == f"the command can't be started: there is no {slip}; did you mean {meant}?"


@pytest.mark.parametrize(
    "command",
    [
        ("awk", "{print $1}"),
        ("awk", "{print}"),
        ("find", ".", "-exec", "stat", "{}", "+"),
        ("sh", "-c", "echo ${prot} ${port%/*} {a,b} \\{prot}"),
        ("sh", "-c", "python3 -c 'print(f\"{part} {post} {lock} {ports}\")'"),
        ("fmt", "{port}", "{part}", "{prot}"),
        ("fmt", "{x}", "{host}", "{hots}", "{" + "p" * 100_000 + "}"),
        ("fmt", "{}" * 1000, "{{port_name}}"),
    ],
)
def test_braces_of_other_programs_stay_as_they_are(command: tuple[str, ...]) -> None:
    assert inserted(*command) == [word.replace("{port}", PORT) for word in command]


def test_each_line_of_a_bank_has_its_address() -> None:
    ports = {"1": "telnet://127.0.0.1:4001", "fax": "telnet://127.0.0.1:4002"}
    command = ("kermit", "{host:fax}", "{tcp_port:fax}", "{tcp_port:1}", "{tcp_port}")
    assert with_port(command, ports["1"], ports) == (["kermit", "127.0.0.1", "4002", "4001", "4001"], True)
    with pytest.raises(ClientError, match=r"there is no \{host:2\}, but \{host:1\}, \{host:fax\}"):
        with_port(("kermit", "{host:2}"), ports["1"], ports)
    assert with_port(("sh", "{host:2}"), PORT, {"1": PORT}) == (["sh", "{host:2}"], False)


def test_a_variable_of_a_shell_is_no_placeholder() -> None:
    program = 'port=7; echo "${port} ${port:2} ${host} $HOME"'
    assert with_port(("sh", "-c", program), PORT, {"1": PORT, "2": "/dev/pts/8"}) == (["sh", "-c", program], False)
    assert inserted("sh", "-c", "port={port}; echo ${port}") == ["sh", "-c", f"port={PORT}; echo ${{port}}"]
    at_address = with_port(("nc", "${host}", "{host}"), "socket://127.0.0.1:4001", {})
    assert at_address == (["nc", "${host}", "127.0.0.1"], True)


def test_the_parts_of_an_address_are_placeholders_where_there_is_one() -> None:
    assert inserted("nc", "{host}", "{tcp_port}", port="socket://127.0.0.1:4001") == ["nc", "127.0.0.1", "4001"]
    with pytest.raises(ClientError, match=r"there is no {tpc_port}; did you mean {tcp_port}\?"):
        inserted("nc", "{host}", "{tpc_port}", port="socket://127.0.0.1:4001")
