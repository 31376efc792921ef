"""What a test's line leaves on the disk."""

from __future__ import annotations

from pathlib import Path

from simisp.capture.pcapng import frames_in
from simisp.capture.words import ppp_words
from simisp.scenario.load import loads
from simisp.testing.keeping import keep_records
from simisp.transcript import Transcript
from support.ppp_lines import ppp_client, ppp_runner


def test_the_frames_of_a_line_are_kept_where_there_were_any(tmp_path: Path) -> None:
    runner, transcript = ppp_runner(), Transcript()
    runner.play(ppp_client(), transcript=transcript)
    keep_records(runner.scenario, transcript, runner.secrets, tmp_path / "kept" / "1-line", clock="virtual")
    assert sorted(file.name for file in (tmp_path / "kept").iterdir()) == [
        "1-line.html", "1-line.jsonl", "1-line.pcapng",
    ]  # fmt: skip
    frames = frames_in((tmp_path / "kept" / "1-line.pcapng").read_bytes())
    said = [ppp_words(frame.octets) for frame in frames]
    assert any("Terminate-Request" in words for words in said)
    assert any("echo request" in words for words in said)


def test_a_line_without_frames_has_no_file_for_them(tmp_path: Path) -> None:
    keep_records(loads("title: x"), Transcript(), (), tmp_path / "1-line", clock="real")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["1-line.html", "1-line.jsonl"]
