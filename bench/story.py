"""How fast whole stories are played in pure time, with no event loop: service, RAS, script, line and mail host."""

from __future__ import annotations

import timeit
from dataclasses import replace

from bench._figures import show
from simisp.dialling.files.story_file import load_story
from simisp.mail.schedule import Every, Timetable
from simisp.story.play import play

_ROUNDS = 3
_WEEK = 7 * 86400.0
_DIALS = 672


def main() -> None:
    """Measure the article's eight hours, and a week of dials."""
    story = load_story("kb175410")
    _show("the article's story, eight hours", lambda: play(story.config, until=story.duration), 2.0)
    # A week of calls that all succeed: every dial goes through modem, script, PPP's stand-in and hang-up.
    line = story.config.line
    well = replace(line, isp=replace(line.isp, programs=line.isp.programs[1:2]))
    service = replace(story.config.service, timetable=Timetable(Every(_WEEK / _DIALS)))
    week = replace(story.config, line=well, service=service, actions=())
    assert play(week, until=_WEEK - 1).dial_up.session.calls == _DIALS
    _show(f"a week of the schedule, {_DIALS} dials", lambda: play(week, until=_WEEK - 1), 5.0)


def _show(what: str, run: object, goal: float) -> None:
    seconds = min(timeit.repeat(run, number=1, repeat=_ROUNDS))  # type: ignore[arg-type]
    show(what, f"{seconds:.3f} s", f"under {goal:g} s", met=seconds < goal)


if __name__ == "__main__":
    main()
