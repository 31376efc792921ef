"""What is seen of passwords in a case that is played in pure time."""

from __future__ import annotations

from simisp.machine import Received, SendData
from simisp.sweep.client import Sending
from simisp.sweep.outcome import Stand
from simisp.sweep.watch import PureWatch


class Script:
    """A client whose first sending stood at line 1, its second at line 2 and so on."""

    def __init__(self) -> None:
        self._line = 0

    def about(self, _output: SendData) -> Sending:
        self._line += 1
        return Sending(Stand("transmit $PASSWORD", line=self._line), after_time_out=False)


def test_a_password_that_is_sent_twice_at_one_moment_is_seen_twice() -> None:
    watch = PureWatch(Script(), ["wonderland"])
    for data in (b"wonderland", b"\r", b"wonderland", b"\r"):
        watch.client_sent(SendData(data), now=1.0)
    watch.line_put_out([Received(b"wonderland\rwonderland\r")], now=1.0)
    watch.client_sent(SendData(b"wonderland\r"), now=2.0)
    watch.line_put_out([Received(b"wonderland\r")], now=2.0)
    assert [(sent.at, sent.stand and sent.stand.line) for sent in watch.secrets] == [(1.0, 1), (1.0, 2), (2.0, 3)]


def test_each_password_in_one_output_has_the_statement_that_sent_it() -> None:
    watch = PureWatch(Script(), ["wonderland"])
    watch.client_sent(SendData(b"wonderland wonderland\r"), now=1.0)
    watch.line_put_out([Received(b"wonderland wonderland\r")], now=1.0)
    assert [sent.stand and sent.stand.line for sent in watch.secrets] == [1, 1]
