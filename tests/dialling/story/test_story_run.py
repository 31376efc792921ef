"""The article's story in real processes, as fast as the machine lets their times mean something."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiosmtpd")

from simisp.dialling.files.story_file import LoadedStory, load_story
from simisp.dialling.story.story_run import run_story
from simisp.facts.ppp import Authenticated, PacketReceived
from simisp.mail.events import MailEvent
from simisp.ras.error_codes import Cause
from simisp.scenario.load import bundled_folder
from simisp.story.play import play
from simisp.story.timeline import line_of
from simisp.transcript import Transcript

FASTEST, SLOWEST = 200.0, 10.0  # seconds of the story in a real one
STARTS_IN_PATIENCE = 10
"""How many times a process of simisp has to be able to start in the dialler's patience."""
PATIENCE = 480.0  # of the story below
SLOWER = (1, 3, 9)
"""How much slower than measured the story is played, where a script that was answered was given up."""
STORY = """
dialling:
  entry: OzEmail
  phonebook:
    OzEmail: {number: "5551234", port: COM1, user: alice, script: scripts/naive.scp, patience: 8m}
  schedule: {every: 10m}
  name: alice.example
  calls: [silent, login, silent, login]
  for: 50m
  happens:
    - {at: 0s, mail: {from: alice@example.net, to: [bob@example.org], subject: first}}
    - {at: 12m, do: restart the service}
    - {at: 16m, do: release the port}
    - {at: 25m, install: {scripts/naive.scp: scripts/repaired.scp}}
    - {at: 26m, mail: {from: alice@example.net, to: [bob@example.org], subject: second}}
"""


# The patience is most of the time between two calls: it decides how fast the story may run. What the service takes to
# start is no part of the story.


@pytest.fixture
def story(tmp_path: Path) -> LoadedStory:
    """The article's scenario with a shorter story."""
    shutil.copytree(bundled_folder() / "scripts", tmp_path / "scripts")
    text = (bundled_folder() / "kb175410.yaml").read_text()
    scenario = text[: text.index("\ndialling:")]
    (tmp_path / "kb175410.yaml").write_text(scenario + STORY)
    return load_story(tmp_path / "kb175410.yaml")


def scale() -> float:
    """Return how fast the story may run: its patience is for a silent line, not for a busy machine."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "simisp", "script", "run", "--help"], check=True, stdout=subprocess.DEVNULL)
    start = time.monotonic() - began
    return min(FASTEST, max(SLOWEST, PATIENCE / (STARTS_IN_PATIENCE * start)))


def errors(events: Sequence[Any]) -> list[Any]:
    """The error of each event 4106, repetitions left out."""
    found = [event["details"]["error"] if isinstance(event, dict) else event.details["error"] for event in events]
    return [error for error, before in zip(found, [None, *found], strict=False) if error != before]


@pytest.mark.starts_first
async def test_real_processes_come_to_the_same_verdicts_as_pure_time(
    story: LoadedStory, tmp_path: Path, lock_directory: Path
) -> None:
    pure = play(story.config, until=story.duration)
    for slower in SLOWER:
        folder = tmp_path / f"run{slower}"
        folder.mkdir()
        transcript = Transcript()
        real = await run_story(
            story, folder, scale=scale() / slower, lock_directories=[lock_directory], transcript=transcript
        )
        # The silent line's alone: a machine that has become busier since it was measured starts none in time, or gives
        # the modem no processor for an answer.
        given_up = [event["id"] for _, event in real.events].count(MailEvent.SCRIPT_LEFT.value[0])
        failed = errors([event for _, event in real.events if event["id"] == 4106])
        if given_up == 1 and Cause.MODEM_SILENT.value not in failed:
            break
    output = (folder / "output").read_text()
    assert failed == [638, 633, 721], output
    assert errors([event for _, event in pure.events if event.id == 4106]) == [638, 633, 721]
    assert (real.calls, real.relayed, real.waiting) == (4, 2, 0), output
    assert (pure.dial_up.session.calls, len(pure.accepted), pure.queue.waiting()) == (4, 2, [])
    assert real.is_free
    facts = [record.fact for record in transcript]
    # PPP is spoken by two processes; each call that logged in ended it in good order.
    assert [fact for fact in facts if isinstance(fact, Authenticated)] == [Authenticated("alice", "chap", True)] * 2
    assert [fact.code for fact in facts if isinstance(fact, PacketReceived)].count("Terminate-Request") == 2
    assert list(lock_directory.iterdir()) == []
    told = "\n".join(line for record in transcript if (line := line_of(record)))
    assert "admin    the port is released: ended pid" in told
    assert "isp      falls silent" in told
