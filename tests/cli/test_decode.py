"""``simisp decode``, and ``simisp run --pcap``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from simisp.capture.pcapng import file_head
from simisp.cli import main

SCENARIO = """\
title: A modem with a multiplexer
modem: {cmux: {}}
isp: {dialogue: [silence]}
"""
CLIENT = """\
import os, sys, tty
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
tty.setraw(port)
def ask(octets, answer):
    os.write(port, octets)
    got = b""
    while answer not in got:
        got += os.read(port, 4096)
ask(b"AT+CMUX=0\\r", b"OK\\r\\n")
ask(bytes.fromhex("f9 03 3f 01 1c f9"), bytes.fromhex("d7 f9"))
"""


def test_the_frames_of_a_run_are_written_to_a_file_and_shown_as_text(tmp_path: Path) -> None:
    (tmp_path / "mux.yaml").write_text(SCENARIO)
    (tmp_path / "client.py").write_text(CLIENT)
    frames, lines = tmp_path / "frames.pcapng", tmp_path / "lines.jsonl"
    options = ["--pcap", str(frames), "--transcript", str(lines), "--quiet", "--allow-unopened"]
    command = [sys.executable, str(tmp_path / "client.py"), "{port}"]
    ran = CliRunner().invoke(main, ["run", str(tmp_path / "mux.yaml"), *options, "--", *command])
    assert ran.exit_code == 0, ran.output
    from_frames = CliRunner().invoke(main, ["decode", str(frames)])
    assert [line.split(None, 1)[1] for line in from_frames.output.splitlines()] == [
        "-->  CMUX DLCI 0 SABM P",
        "<--  CMUX DLCI 0 UA F",
    ]
    from_transcript = CliRunner().invoke(main, ["decode", str(lines)])
    said = [line.split(None, 1)[1] for line in from_transcript.output.splitlines()]
    assert "-->  AT+CMUX=0\\r" in said
    assert said[-2:] == ["-->  CMUX DLCI 0 SABM P", "<--  CMUX DLCI 0 UA F"]


def test_what_is_neither_a_transcript_nor_a_capture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("no capture")
    result = CliRunner().invoke(main, ["decode", str(tmp_path / "other.txt")])
    assert (result.exit_code, result.stdout) == (2, "")
    what = "neither a transcript nor frames in the format pcapng or pcap"
    assert f"it is {what}: {tmp_path / 'other.txt'}" in result.stderr
    empty = CliRunner().invoke(main, ["decode", "-"], input="")
    assert (empty.exit_code, empty.stderr) == (2, "simisp: it is empty: standard input\n")


def test_a_damaged_transcript_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text('{"format": "other"}\n')
    result = CliRunner().invoke(main, ["decode", str(tmp_path / "run.jsonl")])
    assert result.exit_code == 2
    assert "line 1 of the transcript: " in result.stderr
    assert str(tmp_path / "run.jsonl") in result.stderr
    result = CliRunner().invoke(main, ["decode", "-"], input=b'{"format": "other"}\n')
    assert result.stderr.endswith(": standard input\n")


def test_a_file_that_is_not_there_is_refused() -> None:
    result = CliRunner().invoke(main, ["decode", "/nowhere/frames.pcapng"])
    assert result.exit_code == 2
    assert "/nowhere/frames.pcapng" in result.stderr


def test_a_capture_without_a_frame_shows_nothing() -> None:
    result = CliRunner().invoke(main, ["decode", "-"], input=file_head())
    assert (result.exit_code, result.output) == (0, "")


def test_a_story_in_pure_time_has_no_frames() -> None:
    result = CliRunner().invoke(main, ["run", "kb175410.yaml", "--pcap", "frames.pcapng"])
    assert result.exit_code == 2
    assert "--pcap is for a run on a port" in result.stderr
    assert not Path("frames.pcapng").exists()


@pytest.mark.parametrize("command", ["run", "decode"])
def test_the_help_says_what_frames_are_for(command: str) -> None:
    assert "pcap" in CliRunner().invoke(main, [command, "--help"]).output
