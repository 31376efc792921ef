"""``simisp init``."""

from __future__ import annotations

from pathlib import Path

import click

from simisp.cli.output import say
from simisp.errors import FileError, reason_of

__all__ = ["init"]

_SCHEMA = "scenario.schema.json"
_SCENARIO = f"""\
# yaml-language-server: $schema={_SCHEMA}
#
# What your client meets: `simisp explain login.yaml` says it in words, `simisp check login.yaml` finds mistakes.
title: A log-in that works
isp:
  accounts: {{alice: wonderland}}
  dialogue:
    - authenticate: {{user: "Username:", password: "Password:"}}
    - send: "Welcome\\n"
    - mark: logged in
    # - silence        # in place of the line above: the ISP falls silent. Does your client hang then?
expect:
  - reached: logged in
  - credentials sent only at: ["Username:", "Password:"]
  - port released within: 30s
"""
_TEST = '''\
"""A client logs in at an ISP, and the port is free afterwards. Run it with pytest."""

import serial


def log_in(path):
    """Dial and log in: put your own client here."""
    with serial.Serial(path, 115200, timeout=20) as port:
        for text, answer in (
            (b"ATZ\\r", b"OK"),
            (b"ATDT5551234\\r", b"Username:"),
            (b"alice\\r", b"Password:"),
            (b"wonderland\\r", b"Welcome"),
        ):
            port.write(text)
            assert port.read_until(answer).endswith(answer), f"no {answer!r} after {text!r}"


def test_the_client_logs_in_and_leaves_the_port_free(simisp):
    with simisp("login.yaml") as line:
        log_in(line.port)
        line.assert_released()
    # Here simisp has judged what login.yaml expects.
'''
_NEXT = (
    ("pytest {test}", "plays the scenario against the client in the test"),
    ("simisp run {scenario} -- YOUR-CLIENT {{port}}", "plays it against a program of yours"),
    ("simisp explain {scenario}", "says what the ISP does"),
)
"""What to do then, and what it does."""
_EDITOR = """\
An editor with a YAML language server completes and checks the scenario by the schema that its first line names."""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def init(folder: Path) -> None:
    """Write a first scenario and a first test into FOLDER, which is the current one by default.

    The files are login.yaml, with a line that lets an editor complete and check it; the JSON Schema that this line
    names; and test_login.py, a test that passes. No file is overwritten: if one of them exists, nothing is written.
    """
    from simisp.cli.schemas import schema_text

    files = {"login.yaml": _SCENARIO, _SCHEMA: f"{schema_text()}\n", "test_login.py": _TEST}
    there = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise FileError("it is there already, and nothing was written", path=str(folder / there[0]),
                        remedy="name another folder, such as simisp init tests")  # fmt: skip
    for name, text in files.items():
        _write(folder / name, text)
        say(f"written: {folder / name}")
    commands = [text.format(test=folder / "test_login.py", scenario=folder / "login.yaml") for text, _ in _NEXT]
    width = max(map(len, commands))
    rows = [f"  {command:{width}}  {means}" for command, (_, means) in zip(commands, _NEXT, strict=True)]
    say("\n".join(["", "Now:", *rows, "", _EDITOR]), fold=False)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise FileError(
            f"can't be written ({reason_of(error)})", path=str(path), errno=error.errno, remedy="name another folder"
        ) from error
