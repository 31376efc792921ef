"""PPP: a whole link in pure time, and frames beside scapy's reading and writing of the same."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random

from bench._figures import show
from simisp.ppp.hdlc import EVERY_CONTROL, Framer

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support.ppp_lines import ppp_client, ppp_runner

_ROUNDS = 20
_FRAMES = 200
_SIZE = 1500


def main() -> None:
    """Show what a link costs, and how fast frames are."""
    milliseconds = 1000 * _best(_link)
    show(
        "PPP: log-in, LCP, CHAP, IPCP, ping, end, in pure time",
        f"{milliseconds:.1f} ms",
        "15 ms",
        met=milliseconds < 15,
    )
    random = Random(1)
    frames = [b"\xff\x03\x00\x21" + random.randbytes(_SIZE) for _ in range(_FRAMES)]
    for accm, what in ((0, "none"), (EVERY_CONTROL, "all control characters")):
        ours = _rate(frames, accm)
        show(f"PPP frames written and read, {what} escaped", f"{ours:.1f} MB/s", "8 MB/s", met=ours >= 8)
    theirs = _scapy_rate(frames)
    if theirs is not None:
        ours = _rate(frames, 0)
        show("PPP frames beside scapy at the same work", f"{ours / theirs:.1f} times {theirs:.2f} MB/s", "2 times",
             met=ours >= 2 * theirs)  # fmt: skip


def _best(what: Callable[[], object]) -> float:
    """Return the seconds of processor time that something takes: the best of many rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        what()
        best = min(best, time.process_time() - began)
    return best


def _rate(frames: list[bytes], accm: int) -> float:
    """Return how many megabytes of frames are written and read in a second."""

    def there_and_back() -> None:
        framer = Framer()
        framer.send_accm = framer.receive_accm = accm
        octets = b"".join(map(framer.encode, frames))
        assert list(framer.decode(octets)) == frames

    return _FRAMES * _SIZE / 1e6 / _best(there_and_back)


def _scapy_rate(frames: list[bytes]) -> float | None:
    """Return the same for scapy, which escapes nothing and so has less to do: its packets, and its check sequence.

    The check sequence is that of IEEE 802.15.4, which differs from ours in its first and last value alone.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from scapy.layers.dot15d4 import Dot15d4FCS
            from scapy.layers.ppp import HDLC
    except ImportError:
        return None
    computes = Dot15d4FCS()

    def there_and_back() -> None:
        sent = [bytes(HDLC(frame)) + computes.compute_fcs(frame) for frame in frames]
        for octets in sent:
            frame = bytes(HDLC(octets[:-2]))
            assert computes.compute_fcs(frame) == octets[-2:]

    return _FRAMES * _SIZE / 1e6 / _best(there_and_back)


def _link() -> None:
    """Log in, bring up a link, ping and end it."""
    client = ppp_client()
    _RUNNER.play(client)
    assert (client.exit_status, client.ppp.pinged) == (0, True)


_RUNNER = ppp_runner()

if __name__ == "__main__":
    main()
