"""Who opens and closes a file, as the kernel's inotify tells it, and when a terminal was set anew.

A PTY's master says nothing when its slave is opened, and a close followed by an open between two polls is invisible
there. inotify on the slave's node tells every opening and closing, one event for each open file description.

Nor does the master say when its slave's settings change. But each change wakes whoever waits to write into the slave
("the termios change make the tty ready for I/O", n_tty.c), and an edge-triggered epoll keeps that for later. Our own
reading of the master wakes them too, so the edge only says that it is worth while to look.

See Also:
    inotify(7), epoll(7).
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
from enum import Enum

__all__ = ["FileEvent", "Watch"]

_EVENT = struct.Struct("iIII")
_CLOEXEC_NONBLOCK = os.O_CLOEXEC | os.O_NONBLOCK
_DONT_FOLLOW = 0x02000000
_NO_WATCH = -1  # of the event that tells of lost ones
_libc = ctypes.CDLL(None, use_errno=True)


class FileEvent(Enum):
    """What happened to a watched file; the values are the kernel's."""

    CLOSED = 0x018  # after writing, or not
    OPENED = 0x020
    OVERFLOWN = 0x4000
    """More happened than the kernel keeps: what comes after this is not all."""
    LINK_GONE = 0xC00
    """The link to it was removed, or renamed."""


class Watch:
    """A descriptor that is readable when a file was opened or closed, or a terminal may have been set anew.

    The kernel merges an event into the one before it when the two are equal and the first was not read yet, so two
    closings at once would count as one. The file's directory is watched too: each event then comes twice, once for
    each, and no two neighbours in the queue are equal.

    Args:
        path: The file.
        terminal: A descriptor of the terminal whose settings are watched too.

    Attributes:
        stirred: Whether the terminal may have been set anew. Whoever looks at the settings takes it back.

    Raises:
        OSError: The kernel refuses: no such file, or the user's limit of watches is reached.
    """

    def __init__(self, path: str, *, terminal: int | None = None) -> None:
        self.stirred = False
        self._link: int | None = None
        self._inotify = _checked(_libc.inotify_init1(_CLOEXEC_NONBLOCK), path)
        self._poll: select.epoll | None = None
        try:
            self._poll = select.epoll(2)
            self._poll.register(self._inotify, select.EPOLLIN)
            if terminal is not None:
                self._poll.register(terminal, select.EPOLLOUT | select.EPOLLET)
            mask = FileEvent.CLOSED.value | FileEvent.OPENED.value
            self._file = _checked(_libc.inotify_add_watch(self._inotify, os.fsencode(path), mask), path)
            folder = os.path.dirname(path)  # noqa: PTH120 - the node's own path, as text
            _checked(_libc.inotify_add_watch(self._inotify, os.fsencode(folder), mask), folder)
        except OSError:
            self.close()
            raise

    @property
    def fileno(self) -> int:
        """The descriptor."""
        return self._poll.fileno() if self._poll is not None else -1

    def events(self) -> list[FileEvent]:
        """Return what has happened since the last call, in order; never waits."""
        assert self._poll is not None
        happened: list[FileEvent] = []
        while ready := self._poll.poll(0, 2):  # cheaper than a read that fails: nothing has happened nearly always
            if len(ready) > 1 or ready[0][0] != self._inotify:
                self.stirred = True
                if len(ready) == 1:
                    break
            data = os.read(self._inotify, 65536)
            position = 0
            while position < len(data):
                watch, mask, _, length = _EVENT.unpack_from(data, position)
                position += _EVENT.size + length
                if watch not in (self._file, self._link, _NO_WATCH):
                    continue
                happened += (event for event in FileEvent if mask & event.value)
        return happened

    def watch_link(self, path: str) -> None:
        """Watch a symbolic link itself, too.

        Raises:
            OSError: The kernel refuses.
        """
        mask = FileEvent.LINK_GONE.value | _DONT_FOLLOW
        self._link = _checked(_libc.inotify_add_watch(self._inotify, os.fsencode(path), mask), path)

    def forget_stir(self) -> None:
        """Take that the terminal may have been set anew; openings and closings stay to be told."""
        assert self._poll is not None
        self._poll.poll(0, 2)

    def close(self) -> None:
        """Stop watching."""
        if self._poll is not None:
            self._poll.close()
            self._poll = None
        if self._inotify >= 0:
            os.close(self._inotify)
            self._inotify = -1


def _checked(result: int, path: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return result
