"""Plays the story of a scenario's file, for ``simisp run``."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simisp.cli.interruption import until_interrupted
from simisp.cli.output import say
from simisp.cli.transcript_file import open_transcript, report_complaint, status_with_files
from simisp.report.colour import painted_verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simisp.cli.pictures import PictureFiles
    from simisp.dialling.files.story_file import LoadedStory
    from simisp.report.json_lines import JsonLines
    from simisp.runner.expectations import StoryExpectations
    from simisp.runner.verdict import ExpectationResult
    from simisp.transcript import Header, Transcript

__all__ = ["play_story"]


def play_story(
    scenario: str, *, scale: float | None, transcript_file: str | None, quiet: bool, pictures: PictureFiles
) -> int:
    """Play a story, show its time line and its outcome; return the exit status.

    Args:
        scenario: The file, or a bundled scenario's name.
        scale: How many seconds of real processes pass in one real second; None for pure time.
        transcript_file: The file for every record, as JSON lines; ``-`` is standard output. None for no file.
        quiet: Whether to show only the outcome.
        pictures: The pictures that are asked for.
    """
    from simisp.dialling.files.story_file import load_story
    from simisp.runner.expectations import StoryExpectations, broken, summary
    from simisp.scenario.heading import heading
    from simisp.scenario.load import load
    from simisp.story.timeline import line_of
    from simisp.transcript import Transcript

    story = load_story(scenario)
    transcript = Transcript()
    loaded = load(scenario)
    expected = StoryExpectations(loaded.model)
    transcript.listen(expected.take)
    header = heading(loaded, clock="virtual" if scale is None else "scaled")
    lines = open_transcript(transcript_file)
    with _written(transcript, header, lines, pictures) as stack:
        if not quiet:
            transcript.listen(lambda record: _show(line_of(record)))
        if scale is None:
            said = _in_pure_time(story, transcript)
        else:
            said = stack.enter_context(_RealProcesses(story, transcript, scale)).play()
        results = _judged(expected, story, transcript)
    if results:
        say(summary(results), paint=painted_verdict)
    say(said)
    return status_with_files(1 if broken(results) else 0, lines)


@contextmanager
def _written(
    transcript: Transcript, header: Header, lines: JsonLines | None, pictures: PictureFiles
) -> Iterator[ExitStack]:
    """Write a story's records to the files that are asked for, as they come."""
    with ExitStack() as stack:
        for products in pictures.open():
            products.begin(header)
            transcript.listen(stack.enter_context(products))
        if lines is not None:
            stack.callback(report_complaint, lines)
            lines.begin(header)
            transcript.listen(stack.enter_context(closing(lines)))
        yield stack


def _judged(expected: StoryExpectations, story: LoadedStory, transcript: Transcript) -> list[ExpectationResult]:
    """Judge the expectations at the story's end, and record how."""
    from simisp.facts.run import ExpectationJudged

    results = expected.judge(story.duration)
    for result in results:
        transcript.note(story.duration, ExpectationJudged(result.expectation, result.held, result.found))
    return results


def _show(line: str | None) -> None:
    if line is not None:
        say(line)


def _in_pure_time(story: LoadedStory, transcript: Transcript) -> str:
    from simisp.story.play import play

    played = play(story.config, until=story.duration, transcript=transcript)
    refused = sum("[633]" in event.text for _, event in played.events)
    return f"{len(played.accepted)} messages delivered; {refused} dials refused with error 633"


class _RealProcesses:
    """A story played with processes in a temporary folder."""

    def __init__(self, story: LoadedStory, transcript: Transcript, scale: float) -> None:
        self._story = story
        self._transcript = transcript
        self._scale = scale
        self._folder = tempfile.TemporaryDirectory(prefix="simisp-story-")

    def __enter__(self) -> _RealProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def play(self) -> str:
        """Play it, and return the outcome."""
        from simisp.dialling.story.story_run import run_story

        folder = Path(self._folder.name)
        locks = folder / "locks"
        locks.mkdir()
        ends: list[Any] = []

        async def run() -> int:
            ends.append(
                await run_story(
                    self._story,
                    folder / "run",
                    scale=self._scale,
                    lock_directories=[locks],
                    transcript=self._transcript,
                )
            )
            return 0

        (folder / "run").mkdir()
        until_interrupted(run())
        [end] = ends
        refused = sum("[633]" in str(event.get("text", "")) for _, event in end.events)
        port = "free" if end.is_free else "held"
        return f"{end.relayed} messages delivered; {refused} dials refused with error 633; the port is {port}"
