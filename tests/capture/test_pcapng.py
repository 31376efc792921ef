"""Captures are written so that others read them, and what others wrote is read."""

from __future__ import annotations

import contextlib
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.frames_to_find import CONFIGURE, ECHO, on_line, pap_request
from simisp.capture.frames import CapturedFrame, FrameKindOnLine, FramesOfRecords
from simisp.capture.pcap_file import PcapFile
from simisp.capture.pcapng import file_head, frames_in, packet_block
from simisp.circuits import Circuit
from simisp.cmux.basic_option import encode_basic
from simisp.cmux.frame import FrameKind, MuxFrame
from simisp.errors import CaptureError, FileError
from simisp.facts.sources import Source
from simisp.line.multiplexed import MultiplexedConfig, MultiplexedSession
from simisp.line.session_config import SessionConfig
from simisp.transcript.record import Record, octets_record, records_of

PPP, MUX = FrameKindOnLine.PPP, FrameKindOnLine.MUX
BEGAN = 1_700_000_000.0
FRAMES = [
    CapturedFrame(0.0, PPP, True, CONFIGURE),
    CapturedFrame(0.25, PPP, False, CONFIGURE),
    CapturedFrame(0.5, MUX, True, encode_basic(MuxFrame(1, FrameKind.SABM, True, True))),
    CapturedFrame(0.75, MUX, False, encode_basic(MuxFrame(1, FrameKind.UA, True, True))),
    CapturedFrame(3.0, PPP, False, ECHO, "wrong check sequence"),
]


def written(frames: list[CapturedFrame]) -> bytes:
    return file_head() + b"".join(packet_block(frame, BEGAN) for frame in frames)


def a_multiplexed_log_in() -> list[Record]:
    """Return the records of a client that opens a channel of a multiplexer and sends AT on it."""
    session = MultiplexedSession(MultiplexedConfig(SessionConfig()))
    session.set_circuit(Circuit.DTR, True, now=0.0)
    session.receive_data(b"AT+CMUX=0\r", now=1.0)
    for kind, dlci, data in [(FrameKind.SABM, 0, b""), (FrameKind.SABM, 1, b""), (FrameKind.UIH, 1, b"ATI\r")]:
        frame = MuxFrame(dlci, kind, command=True, final=kind is FrameKind.SABM, data=data)
        session.receive_data(encode_basic(frame), now=2.0)
    return records_of(session.take_outputs(), at=2.0)


def test_what_is_written_is_read_again() -> None:
    assert list(frames_in(written(FRAMES))) == FRAMES


def test_a_capture_of_the_older_format_is_read() -> None:
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 204)
    packet = b"\x01" + CONFIGURE
    data = head + struct.pack("<IIII", 100, 500_000, len(packet), len(packet)) + packet
    assert list(frames_in(data)) == [CapturedFrame(0.0, PPP, True, CONFIGURE)]


@pytest.mark.parametrize("data", [b"", b"title: no capture", written(FRAMES)[:-6], written(FRAMES)[:200]])
def test_what_is_no_capture_or_is_cut_off_is_refused_with_the_place(data: bytes) -> None:
    with pytest.raises(CaptureError, match=r"^octet \d+ of the capture: "):
        list(frames_in(data))


@settings(deadline=None)
@given(st.integers(0, len(written(FRAMES)) - 1), st.integers(0, 255))
def test_a_damaged_capture_raises_nothing_else(place: int, octet: int) -> None:
    data = bytearray(written(FRAMES))
    data[place] = octet
    with contextlib.suppress(CaptureError):
        assert len(list(frames_in(bytes(data)))) <= len(FRAMES)


def test_the_frames_of_a_multiplexer_are_found_with_their_directions() -> None:
    finder = FramesOfRecords()
    frames = [
        (each.by_client, each.octets.hex(" "))
        for record in a_multiplexed_log_in()
        for each in finder.take(record)
        if isinstance(each, CapturedFrame)
    ]
    assert frames[:2] == [(True, "f9 03 3f 01 1c f9"), (False, "f9 03 73 01 d7 f9")]
    assert (True, encode_basic(MuxFrame(1, FrameKind.UIH, True, data=b"ATI\r")).hex(" ")) in frames
    assert any(not by_client and bytes.fromhex(octets)[4:5] == b"\xe3" for by_client, octets in frames), "MSC"


def test_a_file_that_can_not_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="the frames can't be written"):
        PcapFile(tmp_path / "no" / "folder.pcapng", 0.0)


@pytest.mark.runner("tshark")
def test_tshark_reads_a_capture_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "frames.pcapng"
    file = PcapFile(path, BEGAN)
    for record in a_multiplexed_log_in():
        file(record)
    for source, frame in [(Source.CLIENT, CONFIGURE), (Source.ISP, CONFIGURE), (Source.CLIENT, pap_request())]:
        file(octets_record(3.0, source, on_line(frame)))
    file.close()
    assert file.complaint == ""
    shown = tshark(path, "-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info", "-e", "frame.p2p_dir")
    lines = [line.split("\t") for line in shown.splitlines()]
    assert [line[1] for line in lines if line[0] == "MUX27010"][:2] == ["(SABM)", "(UA)"]
    assert [line for line in lines if line[0].startswith("PPP")] == [
        ["PPP LCP", "Configuration Request", "0"],
        ["PPP LCP", "Configuration Request", "1"],
        ["PPP PAP", "Authenticate-Request (Peer-ID='alice', Password='wonder}land')", "0"],
    ]
    warning_or_error = "_ws.malformed || _ws.expert.severity >= 6291456"
    assert tshark(path, "-Y", warning_or_error) == ""


def tshark(path: Path, *options: str) -> str:
    program = shutil.which("tshark")
    assert program is not None
    done = subprocess.run(
        [program, "-n", "-r", str(path), *options],
        env={"HOME": str(path.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    complaints = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("Running as user")]
    assert complaints == []
    return done.stdout
