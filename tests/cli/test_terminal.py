"""What the commands write to a terminal of 80 columns, and to a pipe."""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from simisp.report.folding import cells
from support.ready_simisp import ReadyProcess, ready_simisp, start_ready_simisp

_MARK = b"that was all"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
DIALS = """
import os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
os.write(port, b"ATDT5551234\\r")
seen = b""
while b"over" not in seen: seen += os.read(port, 100)
"""
WIDE = """\
title: 幅の広い文字
port:
  starts: raw
isp:
  dialogues:
    電話による接続のための対話である:
      - mark: 接続先のコンピューターが応答したので、これから利用者の名前を尋ねるところである
      - send: "{}\\r\\n"
      - send: "over\\r\\n"
""".format("It is a long way to the end of this line. " * 9)


def on_terminal(*arguments: str, folder: Path, columns: int = 80, **environment: str) -> tuple[int, str]:
    """Run a command on a terminal of its own; return its exit status and all that it wrote there."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = start_ready_simisp(
        *arguments, streams=[slave, slave, slave], cwd=folder, new_session=True,
        env={**os.environ, "TERM": "xterm", **environment},
    )  # fmt: skip
    try:
        written = _all_written(process, master, slave)
    finally:
        process.kill()
        os.close(slave)
        os.close(master)
    return process.wait(60), written.decode().replace("\r\n", "\n")


def _all_written(process: ReadyProcess, master: int, slave: int) -> bytes:
    """Return what a process writes until its end. What follows it in the terminal's buffer is our own mark: were the
    terminal only closed, the last octets could be lost on their way through the kernel.
    """
    written = b""
    while process.fileno() not in (ready := select.select([master, process.fileno()], [], [])[0]) or master in ready:
        if master in ready:
            written += os.read(master, 65536)
    os.write(slave, _MARK)
    while not written.endswith(_MARK):
        written += os.read(master, 65536)
    return written.removesuffix(_MARK)


def in_pipe(*arguments: str, folder: Path, **environment: str) -> str:
    told = {**os.environ, "TERM": "xterm", **environment}
    return ready_simisp(*arguments, cwd=folder, stderr=subprocess.STDOUT, env=told).stdout


def live_lines(written: str) -> list[str]:
    """Return the lines before the verdict."""
    lines = ESCAPE.sub("", written).splitlines()
    end = next(number for number, line in enumerate(lines) if line.startswith(("released:", "failed:", "hang:")))
    return lines[:end]


@pytest.mark.parametrize("columns", [80, 60, 132])
def test_no_line_of_the_live_view_wraps_also_with_wide_characters(columns: int, tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_text(WIDE)
    status, written = on_terminal(
        "run", "wide.yaml", "--", sys.executable, "-c", DIALS, "{port}", folder=tmp_path, columns=columns
    )
    lines = live_lines(written)
    assert status == 0, written
    assert max(map(cells, lines)) < columns
    shown = re.sub(r"\s|\[online data: [A-Z ]+\]", "", "".join(line[16:] for line in lines))
    assert "接続先のコンピューターが応答したので、これから利用者の名前を尋ねるところである" in shown
    assert "Itisalongwaytotheendofthisline." * 9 in shown
    assert any(line.endswith("[online data: DTR DSR CTS DCD]") for line in lines)


def test_the_lines_of_a_pipe_are_whole_and_each_has_its_state(tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_text(WIDE)
    written = in_pipe("run", "wide.yaml", "--", sys.executable, "-c", DIALS, "{port}", folder=tmp_path)
    lines = live_lines(written)
    assert "\x1b" not in written
    assert all(re.match(r" *\d+\.\d{3}  (-->|<--|---)  .*\[.*\]$", line) for line in lines)
    assert max(map(len, lines)) > 300


def verdict(folder: Path) -> list[str]:
    return ["run", "hang", "--quiet", "--", "true"]


def check(folder: Path) -> list[str]:
    (folder / "a.yaml").write_text("title: x\nipq: 1\n")
    return ["check", "a.yaml", "hang"]


def lint(folder: Path) -> list[str]:
    (folder / "a.scp").write_text('proc main\n  waitfor "ogin:"\nendproc\n')
    return ["script", "lint", "a.scp"]


def wrong(folder: Path) -> list[str]:
    (folder / "a.yaml").write_text("title: x\nipq: 1\n")
    return ["run", "a.yaml", "--", "true"]


@pytest.mark.parametrize("command", [verdict, check, lint, wrong])
def test_verdict_check_and_lint_are_in_colour_on_a_terminal_that_takes_it_and_say_the_same_everywhere(
    command: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    arguments = command(tmp_path)
    plain = in_pipe(*arguments, folder=tmp_path)
    _, coloured = on_terminal(*arguments, folder=tmp_path, columns=400)  # so wide that no line is broken
    assert "\x1b" not in plain
    assert "\x1b[1m" in coloured
    assert ESCAPE.sub("", coloured) == plain
    assert on_terminal(*arguments, folder=tmp_path, columns=400, NO_COLOR="1")[1] == plain
    assert on_terminal(*arguments, folder=tmp_path, columns=400, TERM="dumb")[1] == plain
    assert in_pipe(*arguments, folder=tmp_path, FORCE_COLOR="1") == coloured


def long_check(folder: Path) -> list[str]:
    (folder / "a.yaml").write_text(f"title: {'long ' * 30}\nisp:\n  dialogue:\n    - promt: {'x' * 100}\n")
    (folder / "b.yaml").write_text(f"title: {'long ' * 30}\n")
    return ["check", "a.yaml", "b.yaml"]


def long_verdict(folder: Path) -> list[str]:
    (folder / "c.yaml").write_text(
        "title: x\nisp: {dialogue: [{mark: a mark}, {mark: another one}]}\n"
        "expect: [{reached: a mark}, {reached: another one}, {calls: 3}]\n"
    )
    return ["run", "c.yaml", "--quiet", "--", "sh", "-c", "exec true # " + "a long command line " * 6]


def long_error(folder: Path) -> list[str]:
    return ["run", "no-such-scenario-as-this", "--", "true"]


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("command", [verdict, check, lint, wrong, long_check, long_verdict, long_error])
def test_what_a_command_says_does_not_wrap_at_the_terminals_width(
    command: Callable[[Path], list[str]], columns: int, tmp_path: Path
) -> None:
    arguments = command(tmp_path)
    _, written = on_terminal(*arguments, folder=tmp_path, columns=columns)
    lines = ESCAPE.sub("", written).splitlines()
    assert lines
    assert [line for line in lines if cells(line) >= columns and len(line.split()) > 1] == []
    if "check" not in arguments[0] and "lint" not in arguments:  # where less of a line is shown
        assert ESCAPE.sub("", written).split() == in_pipe(*arguments, folder=tmp_path).split()


def test_a_caret_still_stands_under_the_fault_where_a_line_is_cut_to_the_terminals_width(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("title: x\nisp: {dialogue: [" + "silence, " * 20 + "{promt: a}]}\n")
    _, written = on_terminal("check", "a.yaml", folder=tmp_path, NO_COLOR="1")
    _, source, caret, *_ = written.splitlines()
    assert cells(source) < 80
    assert source[caret.index("^") : caret.rindex("^") + 1] == "promt"


def test_json_on_a_terminal_is_not_broken(tmp_path: Path) -> None:
    arguments = long_verdict(tmp_path)
    _, written = on_terminal(arguments[0], arguments[1], "--json", *arguments[2:], folder=tmp_path)
    assert json.loads(written)["verdict"] == "failed"


def test_json_is_never_coloured(tmp_path: Path) -> None:
    arguments = check(tmp_path)
    for written in (
        in_pipe(*arguments, "--format", "json", folder=tmp_path, FORCE_COLOR="1"),
        in_pipe(*arguments, "--format", "github", folder=tmp_path, FORCE_COLOR="1"),
        in_pipe(*verdict(tmp_path)[:-2], "--json", "--", "true", folder=tmp_path, FORCE_COLOR="1"),
    ):
        assert "\x1b" not in written


def test_what_others_wrote_is_escaped_before_it_is_coloured(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('title: "A \\e[31mred\\e[0m title"\n')
    _, written = on_terminal("check", "a.yaml", folder=tmp_path)
    assert written == "a.yaml: \x1b[32mright:\x1b[0m A \\x1b[31mred\\x1b[0m title\n"
