"""What a run in pure time is watched for: what the ISP came to, and which passwords were sent where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simisp.facts.fact import Fact
from simisp.facts.isp import Asking, DialogueOver, FellSilent, LogInAccepted, MarkReached
from simisp.facts.line import CallAnswered, CallEnded, Dialled
from simisp.machine import Output, Received, SendData
from simisp.spans import Spans
from simisp.sweep.client import KnowsSendings, Sending
from simisp.sweep.outcome import SecretSent

__all__ = ["PureWatch"]

_OUTSIDE = "outside the dialogue"
_MOST_SECRETS = 1000
"""Of so many passwords that a client sends in one run it is kept where they went."""


class PureWatch:
    """Watches one run (:class:`simisp.runner.pure.RunWatch`).

    A password is found where the modem takes the octets, wherever they were cut. The ISP has asked for it if all of its
    octets answer a question for a secret.

    Args:
        client: The client.
        secrets: The passwords.

    Attributes:
        dialled: How often a number was dialled.
        reached: What the ISP's side came to, in order.
        secrets: The passwords that arrived at the modem.
    """

    def __init__(self, client: KnowsSendings, secrets: Iterable[str]) -> None:
        self._client = client
        self._words = [secret.encode("latin-1", "replace") for secret in secrets]
        self._longest = max(map(len, self._words), default=0)
        self._where = _OUTSIDE
        self._tail, self._tail_asked = b"", b""
        self._sent_tail = b""
        self._sendings: list[Sending | None] = []
        self.dialled = 0
        self.reached: list[str] = []
        self.secrets: list[SecretSent] = []

    def client_sent(self, output: SendData, *, now: float) -> None:
        """Remember at which statement a password was sent."""
        kept = len(self._sent_tail)
        stream = self._sent_tail + output.data
        times = sum(len(_ends_behind(kept, word, stream)) for word in self._words)
        if times:
            self._sendings += [self._client.about(output)] * times
        self._sent_tail = stream[1 - self._longest :] if self._longest > 1 else b""

    def line_put_out(self, outputs: Sequence[Output], *, now: float) -> None:
        """Take what the line has put out."""
        for output in outputs:
            kind = type(output)
            if kind is Received:
                assert isinstance(output, Received)
                self._take_octets(output.data, output.secrets, now)
            elif kind is not SendData and isinstance(output, Fact):
                self._take_fact(output)

    def _take_octets(self, data: bytes, spans: Spans, now: float) -> None:
        """Look for passwords in what the modem has taken, and whether each was asked for."""
        if not self._words:
            return
        kept = len(self._tail)
        stream = self._tail + data
        asked = bytearray(len(data))
        for first, last in spans:
            asked[first:last] = b"\1" * (last - first)
        flags = self._tail_asked + asked
        for word in self._words:
            for at in _ends_behind(kept, word, stream):
                if len(self.secrets) < _MOST_SECRETS:
                    self._note(all(flags[at : at + len(word)]), now)
        keep = max(0, len(stream) - self._longest + 1)
        self._tail, self._tail_asked = stream[keep:], bytes(flags[keep:])

    def _note(self, asked: bool, now: float) -> None:
        sending = self._sendings.pop(0) if self._sendings else None
        after = None if sending is None else sending.after_time_out
        stand = None if sending is None else sending.stand
        self.secrets.append(SecretSent(now, self._where, asked, after, stand))

    def _take_fact(self, fact: Fact) -> None:
        match fact:
            case Asking(prompt):
                self._where = prompt
            case FellSilent():
                self._where = "in silence"
            case CallAnswered() | CallEnded():
                self._where = _OUTSIDE
            case DialogueOver():
                self._where = _OUTSIDE
                self.reached.append("the dialogue's end")
            case MarkReached(name):
                self.reached.append(f"mark {name}")
            case LogInAccepted():
                self.reached.append("a log-in that is accepted")
            case Dialled():
                self.dialled += 1


def _ends_behind(index: int, word: bytes, stream: bytes) -> list[int]:
    """Return where a word begins each time that it ends behind an index."""
    places, start = [], max(0, index - len(word) + 1)
    while word and (place := stream.find(word, start)) >= 0:
        places.append(place)
        start = place + len(word)
    return places
