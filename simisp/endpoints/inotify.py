"""Reports when a file is opened and closed, by the kernel's inotify, and when a terminal's settings may have changed.

A PTY's master does not show when its slave is opened, and a close followed by an open between two polls is invisible
there. inotify on the slave's node reports every opening and closing, one event for each open file description.

Nor does the master say when its slave's settings change. But each change wakes every waiter of the slave ("the termios
change make the tty ready for I/O", n_tty.c), and an edge-triggered epoll keeps that for later. Whatever else wakes such
a waiter says for what: that there is something to read, or room to write (EPOLLOUT). A change of settings does not say,
and so it alone reaches a waiter for EPOLLWRNORM, which the terminal also reports when there is room. There is none
while a client is in write(): a look at that moment loses the edge, so a port also compares settings as octets come.

There is one inotify instance and one epoll for all ports of a process: a system has 128 instances for a user, and an
opening in the folder of all pseudo-terminals would wake each of them. One look reads what has happened at any port and
keeps it for that port; ports whose reactors are not the one that looks are called back there.

See Also:
    inotify(7), epoll(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import struct
import threading
from collections.abc import Callable
from enum import Enum
from typing import ClassVar

from simisp.endpoints.base import Reactor

__all__ = ["FileEvent", "Watch"]

_EVENT = struct.Struct("iIII")
_CLOEXEC_NONBLOCK = os.O_CLOEXEC | os.O_NONBLOCK
_DONT_FOLLOW = 0x02000000
_NO_WATCH = -1  # in the event that reports lost ones
_MOST_EVENTS = 65536
_LONGEST_EVENT = 16 + 256
_AT_ONCE = 16
_libc = ctypes.CDLL(None, use_errno=True)


class FileEvent(Enum):
    """What happened to a watched file; the values are the kernel's."""

    CLOSED = 0x018  # after writing, or not
    OPENED = 0x020
    OVERFLOWN = 0x4000
    """More happened than the kernel's queue holds: the events that follow are not complete."""
    LINK_GONE = 0xC00
    """The link to it was removed, or renamed."""


class Watch:
    """One file's share of what the process watches: when it was opened or closed, or a terminal was set anew.

    The kernel merges an event into the one before if the two are equal and the first was not read yet, so two closings
    at once would count as one. Therefore the file's directory is watched too: each event then comes twice, once for
    each watch, and no two neighbours in the queue are equal.

    Args:
        path: The file.
        terminal: A descriptor of the terminal whose settings are watched too.

    Attributes:
        stirred: Whether the terminal's settings may have changed. The code that looks at the settings clears it.

    Raises:
        OSError: The kernel refuses: no such file, or the user's limit of watches is reached.
    """

    __slots__ = ("_all", "callback", "news", "reactor", "stirred")

    def __init__(self, path: str, *, terminal: int | None = None) -> None:
        self.stirred = False
        self.news: list[FileEvent] = []
        self.reactor: Reactor | None = None
        self.callback: Callable[[], None] | None = None
        self._all: _Watches | None = _Watches.of_this_process()
        try:
            self._all.add(self, path, terminal)
        except OSError:
            self.close()
            raise

    @property
    def fileno(self) -> int:
        """A descriptor that is readable when there is news for any port of this process."""
        return self._all.fileno if self._all is not None else -1

    def has_news(self) -> bool:
        """Look, and return whether there is anything to take; never waits."""
        every = self._all
        assert every is not None
        if every.is_ready(0, 1) or every.is_looking:  # in this order: what another thread has read is there afterwards
            every.look(self)
        return bool(self.news) or self.stirred

    def events(self) -> list[FileEvent]:
        """Return what has happened since the last call, in order; never waits."""
        assert self._all is not None
        self._all.look(self)
        if not self.news:
            return []
        happened, self.news = self.news, []
        return happened

    def follow(self, reactor: Reactor, callback: Callable[[], None]) -> None:
        """Call back from now on, in a turn of the reactor, when there is news or :attr:`stirred` is set."""
        assert self._all is not None
        self.reactor, self.callback = reactor, callback
        self._all.add_reactor(reactor)

    def unfollow(self) -> None:
        """Call back no more. Calling it again does nothing."""
        reactor, self.reactor, self.callback = self.reactor, None, None
        if reactor is not None and self._all is not None:
            self._all.remove_reactor(reactor)

    def watch_link(self, path: str) -> None:
        """Watch a symbolic link itself, too.

        Raises:
            OSError: The kernel refuses.
        """
        assert self._all is not None
        self._all.add_file(self, path, FileEvent.LINK_GONE.value | _DONT_FOLLOW)

    def close(self) -> None:
        """Stop watching. Calling it again does nothing."""
        self.unfollow()
        every, self._all = self._all, None
        if every is not None:
            every.remove(self)


class _Watches:
    """All that a process watches, on one inotify instance and one epoll.

    Attributes:
        fileno: A descriptor that is readable when anything has happened.
        is_ready: Polls that descriptor, and takes nothing away.
        is_looking: Whether a thread is taking what has happened.
    """

    _guard: ClassVar[threading.RLock] = threading.RLock()
    _of: ClassVar[dict[int, _Watches]] = {}
    """By process: a forked one has none of its parent's."""

    def __init__(self) -> None:
        self._files: dict[int, Watch] = {}
        self._terminals: dict[int, Watch] = {}
        self._folders: dict[int, int] = {}  # how many files of each are watched
        self._shares: dict[Watch, tuple[list[int], int | None, int]] = {}
        self._reactors: dict[int, list[Reactor]] = {}
        self._process = os.getpid()
        self._inotify = _checked(_libc.inotify_init1(_CLOEXEC_NONBLOCK), "inotify")
        try:
            self._poll = select.epoll()
            self._poll.register(self._inotify, select.EPOLLIN)
            self._outer = select.epoll()
            self._outer.register(self._poll.fileno(), select.EPOLLIN)
        except OSError:
            os.close(self._inotify)
            raise
        self.fileno = self._poll.fileno()
        self.is_ready: Callable[[float, int], list[tuple[int, int]]] = self._outer.poll
        self.is_looking = False

    @classmethod
    def of_this_process(cls) -> _Watches:
        """Return this process's watches."""
        with cls._guard:
            ours = cls._of.get(os.getpid())
            if ours is None:
                ours = cls._of[os.getpid()] = cls()
            return ours

    def add(self, watch: Watch, path: str, terminal: int | None) -> None:
        """Watch a file, its folder and a terminal."""
        with self._guard:
            folder = self._watched(os.path.dirname(path), _OPENED_OR_CLOSED)  # noqa: PTH120 - the node's own path
            self._folders[folder] = self._folders.get(folder, 0) + 1
            self._shares[watch] = [], terminal, folder
            self.add_file(watch, path, _OPENED_OR_CLOSED)
            if terminal is not None:
                self._poll.register(terminal, select.EPOLLWRNORM | select.EPOLLET)
                self._terminals[terminal] = watch

    def add_file(self, watch: Watch, path: str, mask: int) -> None:
        """Watch one more file for a port."""
        with self._guard:
            number = self._watched(path, mask)
            self._files[number] = watch
            self._shares[watch][0].append(number)

    def remove(self, watch: Watch) -> None:
        """Watch nothing for a port any more; close the descriptors with the last one."""
        with self._guard:
            files, terminal, folder = self._shares.pop(watch, ([], None, _NO_WATCH))
            if terminal is not None and self._terminals.pop(terminal, None) is not None:
                self._poll.unregister(terminal)
            if folder in self._folders:
                self._folders[folder] -= 1
                if not self._folders[folder]:
                    del self._folders[folder]
                    files.append(folder)
            for number in files:
                self._files.pop(number, None)
                _libc.inotify_rm_watch(self._inotify, number)  # fails where the file itself is gone
            if not self._shares:
                self._of.pop(self._process, None)
                self._outer.close()
                self._poll.close()
                os.close(self._inotify)

    def add_reactor(self, reactor: Reactor) -> None:
        """Have a reactor look when there is news."""
        with self._guard:
            users = self._reactors.setdefault(id(reactor), [])
            users.append(reactor)
            if len(users) == 1:
                reactor.add_reader(self.fileno, lambda: self._wake(reactor))

    def remove_reactor(self, reactor: Reactor) -> None:
        """Take one port's interest in a reactor back."""
        with self._guard:
            users = self._reactors.get(id(reactor), [])
            if users:
                users.pop()
            if not users and self._reactors.pop(id(reactor), None) is not None:
                reactor.remove_reader(self.fileno)

    def look(self, asker: Watch | None = None) -> list[Watch]:
        """Read what has happened and keep it for the ports it concerns.

        Args:
            asker: A port that will take its share itself. The others are called back in a turn of their reactors.

        Returns:
            The ports that it concerns.
        """
        concerned: dict[Watch, None] = {}
        with self._guard:  # what another thread reads just now is there afterwards
            self.is_looking = True
            try:
                self._take(concerned)
            finally:
                self.is_looking = False
        if asker is not None:
            _call_back([watch for watch in concerned if watch is not asker])
        return list(concerned)

    def _take(self, concerned: dict[Watch, None]) -> None:
        """Read what has happened, and add the ports that it concerns."""
        ready = self._poll.poll(0, _AT_ONCE)
        while ready and len(ready) % _AT_ONCE == 0 and (others := self._poll.poll(0, _AT_ONCE)):
            ready += others
        for descriptor, _ in ready:
            if descriptor == self._inotify:
                self._read(concerned)
            elif (watch := self._terminals.get(descriptor)) is not None:
                watch.stirred = True
                concerned[watch] = None

    def _wake(self, reactor: Reactor) -> None:
        """Look in a turn of a reactor: its own ports are called back at once, in that turn."""
        if not self._shares:
            return
        concerned = self.look()
        own = [watch for watch in concerned if watch.reactor is reactor]
        _call_back([watch for watch in concerned if watch.reactor is not reactor])
        try:
            while own:
                watch = own.pop(0)
                if watch.callback is not None:
                    watch.callback()
        finally:
            _call_back(own)  # none is left, unless one of them has raised

    def _read(self, concerned: dict[Watch, None]) -> None:
        more = True
        while more:
            try:
                data = os.read(self._inotify, _MOST_EVENTS)
            except BlockingIOError:
                return
            more = len(data) > _MOST_EVENTS - _LONGEST_EVENT
            position = 0
            while position < len(data):
                number, mask, _, length = _EVENT.unpack_from(data, position)
                position += _EVENT.size + length
                for watch in self._shares if number == _NO_WATCH else (self._files.get(number),):
                    if watch is not None and (found := [event for event in FileEvent if mask & event.value]):
                        watch.news += found
                        concerned[watch] = None

    def _watched(self, path: str, mask: int) -> int:
        return _checked(_libc.inotify_add_watch(self._inotify, os.fsencode(path), mask), path)


_OPENED_OR_CLOSED = FileEvent.CLOSED.value | FileEvent.OPENED.value


def _call_back(watches: list[Watch]) -> None:
    """Call ports back, each in a turn of its reactor."""
    for watch in watches:
        if watch.reactor is not None and watch.callback is not None:
            with contextlib.suppress(RuntimeError):  # a loop that was closed without detaching its port
                watch.reactor.call_soon_threadsafe(watch.callback)


def _checked(result: int, path: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return result
