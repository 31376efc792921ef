"""A chat script played in pure time against a scripted far end, as `VirtualLine` plays the real chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simisp.chat.machine import ChatRun
from simisp.chat.program import ChatOptions, compile_chat
from simisp.chat.reader import ChatScript, read_chat
from simisp.machine import SendData, earliest
from support.virtual_line import FarEnd

__all__ = ["PlayedChat", "chat_run", "play_chat"]


USUAL = ChatOptions()


@dataclass(frozen=True)
class PlayedChat:
    """How a script ended.

    Attributes:
        status: The exit status; None if it waits forever.
        seconds: When it ended, or fell silent.
        sent: Each octet that it sent, with its time in hundredths of a second.
        run: The machine.
    """

    status: int | None
    seconds: float
    sent: list[tuple[int, int]]
    run: ChatRun

    @property
    def text(self) -> bytes:
        """What it sent."""
        return bytes(octet for _, octet in self.sent)


def chat_run(script: str | bytes | ChatScript, options: ChatOptions = USUAL) -> ChatRun:
    """Return a run of a script that has not started."""
    return ChatRun(compile_chat(script if isinstance(script, ChatScript) else read_chat(script), options))


def play_chat(
    script: str | bytes | ChatScript, far_end: FarEnd | None = None, options: ChatOptions = USUAL
) -> PlayedChat:
    """Play a script from its start to its end."""
    run, far = chat_run(script, options), far_end or FarEnd()
    sent: list[tuple[int, int]] = []
    now = 0.0
    run.start(now=now)
    _carry(run, far, sent, now)
    while run.exit_status is None:
        due = earliest((far.next_timer(), run.next_timer()))
        if due is None:
            break
        now = due
        if said := far.take_due(now=now):
            run.receive_data(said, now=now)
            _carry(run, far, sent, now)
        run.handle_timer(now=now)
        _carry(run, far, sent, now)
    return PlayedChat(run.exit_status, now, sent, run)


def _carry(run: ChatRun, far: FarEnd, sent: list[tuple[int, int]], now: float) -> None:
    outputs: Sequence[object] = run.take_outputs()
    for output in outputs:
        assert isinstance(output, SendData)
        sent += [(round(now * 100), octet) for octet in output.data]
        far.receive_data(output.data, now=now)
