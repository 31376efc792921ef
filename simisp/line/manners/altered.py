"""The bad manners of one line: a machine between the modem and its port.

It gets the modem's outputs with marks (:mod:`simisp.modem.marks`), lets each manner alter them, and passes them on, at
once or at the times that the manners say. Nothing overtakes anything: what is held back holds back all behind it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from random import Random

from simisp.line.manners.turn import AnswerTurn, Manner, MannerOptions, MannerRow, marked_pieces
from simisp.machine import Output, SendData
from simisp.modem.marks import AnswerMark
from simisp.modem.modem import Modem

__all__ = ["AlteredAnswers", "ChosenManner", "manners_maker"]

ChosenManner = tuple[MannerRow, MannerOptions]
"""A manner that a scenario asks for, and how it is played."""


class AlteredAnswers:
    """Plays manners on one line.

    Args:
        chosen: The manners, in the order in which they alter an answer.
        random: For what is random in them.
    """

    def __init__(self, chosen: Sequence[ChosenManner], random: Random) -> None:
        self._players = [_Player(row, options, row.make(options, random)) for row, options in chosen]
        self._line = ""
        self._queue: deque[tuple[float, Output]] = deque()
        self._outputs: list[Output] = []
        self._free_at = 0.0
        self.held = 0
        """How many octets are held back."""

    def alter_outputs(
        self, modem: Modem, outputs: Sequence[Output], passing: frozenset[type[Output]], now: float
    ) -> list[Output]:
        """Return what of a modem's outputs goes on now: what is let go, then those of the kinds that only pass.

        What the manners do to the modem itself is done.
        """
        passed: list[Output] = []
        while outputs:
            passed += [output for output in outputs if type(output) in passing]
            for turn in self._alter(modem, (output for output in outputs if type(output) not in passing), now):
                if turn.restarts is not None:
                    modem.restart(deaf_for=turn.restarts, now=now)
                if turn.echo_on:
                    modem.turn_echo_on()
            outputs = modem.take_outputs()
        return self.take_outputs() + passed

    def _alter(self, modem: Modem, outputs: Iterable[Output], now: float) -> list[AnswerTurn]:
        """Take what the modem says at one moment; return it altered. It is on its way then."""
        turns = [AnswerTurn(self._line, [], now=now)]
        for piece in marked_pieces(outputs):
            if piece.mark is AnswerMark.LINE:
                self._line = piece.data.decode("ascii")
                turns.append(AnswerTurn(self._line, [], now=now))
                continue
            turns[-1].pieces.append(piece)
            if piece.mark is AnswerMark.FINAL:
                self._line = ""
        for turn in turns:
            turn.announces = modem.announces
            for player in self._players:
                player.play(turn)
            self._put(turn, now)
        return turns

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None."""
        return self._queue[0][0] if self._queue else None

    def handle_timer(self, now: float) -> None:
        """Let go what is due."""
        while self._queue and now >= self._queue[0][0]:
            self._let_go(self._queue.popleft()[1])

    def take_outputs(self) -> list[Output]:
        """Return what has been let go; octets that go at one moment are one output."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def _put(self, turn: AnswerTurn, now: float) -> None:
        """Put a turn into the queue, or let it go at once where nothing holds it back."""
        for piece in turn.pieces:
            self._free_at = max(self._free_at, now) + piece.delay
            if isinstance(piece.output, SendData):
                self.held += len(piece.output.data)
            self._queue.append((self._free_at, piece.output))
        self.handle_timer(now)

    def _let_go(self, output: Output) -> None:
        if isinstance(output, SendData):
            self.held -= len(output.data)
            before = self._outputs[-1] if self._outputs else None
            if isinstance(before, SendData) and not (before.relayed or output.relayed):
                self._outputs[-1] = SendData(before.data + output.data)
                return
        self._outputs.append(output)


class _Player:
    """A manner with its options, which counts the answers that it could act on."""

    def __init__(self, row: MannerRow, options: MannerOptions, manner: Manner) -> None:
        self._row = row
        self._options = options
        self._manner = manner
        self._seen = 0

    def play(self, turn: AnswerTurn) -> None:
        """Alter a turn, if the manner acts on it."""
        options = self._options
        if not self._row.on_answers:
            self._manner.alter(turn)
            return
        if not turn.is_answer or not options.meets(turn.line):
            return
        self._seen += 1
        if self._seen >= options.first and (options.times is None or self._seen < options.first + options.times):
            self._manner.alter(turn)


def manners_maker(chosen: Sequence[ChosenManner], seed: int) -> Callable[[], AlteredAnswers]:
    """Return what makes the manners of a line.

    Args:
        chosen: The manners.
        seed: The scenario's seed.
    """
    return lambda: AlteredAnswers(chosen, Random(f"{seed}/manners"))  # noqa: S311 - no secret
