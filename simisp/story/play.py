"""Plays a story in pure time: hours of waiting pass at once."""

from __future__ import annotations

from simisp.story.config import StoryConfig
from simisp.story.workstation import Workstation
from simisp.transcript import Transcript

__all__ = ["play"]


def play(config: StoryConfig, *, until: float, transcript: Transcript | None = None) -> Workstation:
    """Play a story from its beginning, and return the workstation in its final state.

    Args:
        config: The configuration of the story.
        until: For how long, in seconds.
        transcript: Where everything is recorded; its listeners see each record as it is made.
    """
    workstation = Workstation(config, Transcript() if transcript is None else transcript)
    workstation.start(now=0.0)
    while (due := workstation.next_timer()) is not None and due <= until:
        workstation.handle_timer(now=due)
    return workstation
