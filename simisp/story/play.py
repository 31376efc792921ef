"""Plays a story in pure time: hours of waiting in no time."""

from __future__ import annotations

from simisp.story.config import StoryConfig
from simisp.story.workstation import Workstation
from simisp.transcript import Transcript

__all__ = ["play"]


def play(config: StoryConfig, *, until: float, transcript: Transcript | None = None) -> Workstation:
    """Play a story from its beginning, and return what it came to.

    Args:
        config: What the story is made of.
        until: For how long, in seconds.
        transcript: Gets a record of everything; listeners to it see each record as it is made.
    """
    workstation = Workstation(config, Transcript() if transcript is None else transcript)
    workstation.start(now=0.0)
    while (due := workstation.next_timer()) is not None and due <= until:
        workstation.handle_timer(now=due)
    return workstation
