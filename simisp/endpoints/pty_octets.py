"""The octets of a pseudo-terminal, read and written at its master, which is in packet mode.

See Also:
    ioctl_tty(2), TIOCPKT.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import termios

from simisp.endpoints.inotify import Watch
from simisp.endpoints.read_size import ReadSize
from simisp.endpoints.terminal import restart_output
from simisp.facts.port import PortQueue

__all__ = ["TIOCPKT_DATA", "PtyOctets"]

TIOCPKT_DATA = 0
"""The status octet of a packet that has the client's octets behind it."""
_FLUSHES = {
    termios.TIOCPKT_FLUSHREAD: PortQueue.INPUT,
    termios.TIOCPKT_FLUSHWRITE: PortQueue.OUTPUT,
    termios.TIOCPKT_FLUSHREAD | termios.TIOCPKT_FLUSHWRITE: PortQueue.BOTH,
}
"""The bits of status octets that report flushes, and which of the client's queues that was."""
_FLUSH_BITS = termios.TIOCPKT_FLUSHREAD | termios.TIOCPKT_FLUSHWRITE
_MOST_READS = 8  # a client that floods the port gets its turn like everything else
_ALL = -1


class PtyOctets:
    """Takes the client's octets, and passes octets on to it as far as it accepts them.

    Args:
        master: The simulator's side, non-blocking.
        kept: The descriptor of the clients' side that the simulator keeps open.
        watch: Its ``stirred`` is set when the settings may have changed.

    Attributes:
        read_size: How many octets to ask for. A packet that is shorter has brought all that there was.
    """

    __slots__ = ("_delivery", "_flushes", "_kept", "_master", "_watch", "read_size")

    def __init__(self, master: int, kept: int, watch: Watch) -> None:
        self._master = master
        self._kept = kept
        self._watch = watch
        self._flushes = 0
        self.read_size = ReadSize()
        self._delivery = select.poll()
        self._delivery.register(kept, select.POLLIN)
        fcntl.ioctl(master, termios.TIOCPKT, struct.pack("i", 1))

    def take(self, *, echoes: bool, packet: bytes = b"") -> bytes:
        """Return what the client wrote, up to a number of packets; never waits.

        Args:
            echoes: Whether the port echoes what the modem sends.
            packet: The first packet, where it was read already, of up to :attr:`read_size` octets.
        """
        if echoes:
            self.deliver()  # so that an echo is complete, and precedes the client's answer to it
        return self._take(_MOST_READS, packet)

    def take_flushes(self) -> PortQueue | None:
        """Return what the client has flushed since the last call; None for nothing."""
        flushes, self._flushes = self._flushes, 0
        return _FLUSHES.get(flushes & _FLUSH_BITS) if flushes else None

    def take_all(self) -> bytes:
        """Return everything there or under way, including echoes."""
        self.deliver()
        return self._take(_ALL)

    def _take(self, most: int, packet: bytes = b"") -> bytes:
        """Read packets, and skip the status octets of packet mode."""
        received = b""
        while most:
            try:
                packet = packet or os.read(self._master, self.read_size.now)
            except OSError:
                break  # no octets; EIO can't happen while a slave descriptor is open
            if packet[0] == TIOCPKT_DATA:
                received = received + packet[1:] if received else packet[1:]
                size = self.read_size.now
                self.read_size.fit(len(packet))
                if len(packet) < size and most > 0:
                    break  # all that there was; the master turns readable again for what comes from now on
                self._watch.stirred = True  # without room for the client's octets its settings stir nothing
            else:
                self._watch.stirred = True  # IXON went on or off, or something was flushed
                self._flushes |= packet[0]
            packet = b""
            most -= 1
        return received

    def deliver(self) -> None:
        """Make the kernel deliver what is under way: polling an end does that."""
        self._delivery.poll(0)

    def take_notes(self) -> None:
        """Consume packet mode's reports of our own actions. A read of one octet leaves the client's untouched."""
        with contextlib.suppress(OSError):
            while os.read(self._master, 1)[0] != TIOCPKT_DATA:
                pass

    def write(self, data: bytes | bytearray) -> int:
        """Return how many octets the client accepts now."""
        try:
            return os.write(self._master, data)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EIO):
                raise
            return 0

    def forget_client(self) -> None:
        """Leave the next client nothing of what the last one has not read, nor its claim to the port alone."""
        fcntl.ioctl(self._kept, termios.TIOCNXCL)
        self.deliver()
        termios.tcflush(self._kept, termios.TCIFLUSH)
        restart_output(self._kept)
