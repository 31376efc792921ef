"""A queue on disk: a Maildir that stays consistent through a kill -9 at any moment.

``new`` holds the waiting messages; a message is written in ``tmp`` and renamed, so it is either complete or absent.
``.doubt`` holds a note for each message whose end was sent and whose reply was not received. ``.failed`` is a Maildir
of undeliverable messages. Every step is one rename or one unlink, synchronised to the disk before the next.

See Also:
    maildir(5). RFC 1047 explains why the outcome cannot be known between the last dot and the reply.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import itertools
import json
import os
import re
import socket
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from simisp.dialling.mail.envelope import parse_message, render_message
from simisp.errors import FileError, LockError, UnreadableMessageError, reason_of
from simisp.mail.message import Message
from simisp.mail.smtp_server import MOST_OCTETS
from simisp.procfs.process import is_alive
from simisp.visible import writable

__all__ = ["Maildir", "MaildirQueue"]

_counter = itertools.count()
_OURS = re.compile(r"\d{20}\.(\d{1,9})_")
_ABANDONED = 36 * 3600.0
_MOST_FILE = MOST_OCTETS
_NOT_REGULAR = "it is not a regular file"
_PASSING = frozenset({errno.ENOENT, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class Maildir:
    """A folder of messages, one file each.

    Args:
        folder: The Maildir; it is created if it does not exist.

    Raises:
        FileError: It cannot be created.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in ("tmp", "new", "cur"):
                (folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise _refused("the mail folder can't be made", folder, error) from None

    def put(self, octets: bytes, *, name: str = "") -> str:
        """Store a message; return its name. It is on the disk when this returns.

        Args:
            octets: The content of the file.
            name: Its name; if empty, a unique one. A message with the same name is replaced.

        Raises:
            FileError: The disk is full, or permission is missing.
        """
        name = name or unique_name()
        _write(self.folder / "tmp" / unique_name(), self.folder / "new" / name, octets)
        return name

    def names(self) -> list[str]:
        """Return the names of the messages in ``new``, the oldest first."""
        with suppress(OSError):
            return sorted(entry.name for entry in os.scandir(self.folder / "new") if not entry.name.startswith("."))
        return []

    def path(self, name: str) -> Path:
        """Return the file of a message."""
        return self.folder / "new" / name


class MaildirQueue(Maildir):
    """The outbound queue in a Maildir. One process can use it at a time.

    Any program may put a message into it, as into any Maildir: sender and recipients are then those of its header.

    Args:
        folder: The Maildir.
        host: The service's name, for Message-IDs.

    Raises:
        LockError: Another process is using the queue.
        FileError: It cannot be created.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     queue = MaildirQueue(Path(folder))
        ...     name = queue.queue(Message("", "a@b", ("c@d", "e@f"), b"Subject: x"))
        ...     print(queue.served(name, ["c@d"]), queue.get(name).recipients, queue.served(name, ["e@f"]))
        ...     queue.close()
        False ('e@f',) True
    """

    def __init__(self, folder: Path, *, host: str = "localhost") -> None:
        super().__init__(folder)
        self._host = host
        self._failed = Maildir(folder / ".failed")
        self._doubts = folder / ".doubt"
        self._lock = _take_lock(folder / ".lock")
        with suppress(FileExistsError):
            self._doubts.mkdir(mode=0o700)
        self._sweep()

    def close(self) -> None:
        """Release the queue."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def queue(self, message: Message) -> str:
        """Queue a message; return its name."""
        return self.put(render_message(message))

    def waiting(self) -> list[str]:
        """Return the names of the waiting messages, the oldest first."""
        return self.names()

    def since(self, message: str) -> float | None:
        """Return since when a message has been waiting, in seconds since the Unix epoch; None if it is gone."""
        with suppress(OSError):
            return self.path(message).lstat().st_mtime
        return None

    def get(self, message: str) -> Message | None:
        """Return a message with its remaining recipients, or None if it does not exist or can't be read."""
        try:
            return self.read(message)
        except UnreadableMessageError:
            return None

    def read(self, message: str) -> Message | None:
        """Return a message with its remaining recipients, or None if it does not exist.

        Raises:
            UnreadableMessageError: It can never be sent: not a regular file, too large, unreadable, or without
                recipients.
        """
        octets = _read(self.path(message))
        if octets is None:
            return None
        found = parse_message(message, octets, host=self._host)
        if not found.recipients:
            mbox = " (it begins like an mbox, with a 'From ' line)" if octets.startswith(b"From ") else ""
            raise UnreadableMessageError(f"its header names no recipient{mbox}")
        return found

    def set_aside(self, message: str) -> None:
        """Move a file that can't be sent to the failed ones, without reading it.

        Raises:
            FileError: The file cannot be moved.
        """
        path = self._failed.path(message)
        try:
            if path.exists() or path.is_symlink():
                path = self._failed.path(unique_name())
            self.path(message).rename(path)
            _sync_folder(path.parent)
            _sync_folder(self.path(message).parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise _refused("the message can't be set aside", path, error) from None

    def doubt(self, message: str, recipients: Iterable[str]) -> None:
        """Record that, from now on, a message may have been delivered to these recipients.

        Raises:
            FileError: It cannot be recorded, so the end of the message must not be sent.
        """
        text = json.dumps(list(recipients)).encode()
        _write(self.folder / "tmp" / f"{unique_name()}.doubt", self._doubts / message, text)

    def served(self, message: str, recipients: Iterable[str], *, failed: str = "") -> bool:
        """Record that these recipients are done; return whether no recipient remains and the message is gone.

        Raises:
            FileError: The queue cannot be changed.
        """
        held = self.get(message)
        done = tuple(recipients)
        if held is not None:
            if failed:
                self._keep_failed(replace(held, recipients=done), failed)
            left = tuple(recipient for recipient in held.recipients if recipient not in done)
            if left:
                self.put(render_message(replace(held, recipients=left)), name=message)
            else:
                held = None
                _remove(self.path(message))
        _remove(self._doubts / message)
        return held is None

    def deferred(self, message: str) -> None:
        """Record that a message was not delivered after all."""
        _remove(self._doubts / message)

    def in_doubt(self) -> dict[str, tuple[str, ...]]:
        """Return the messages that may have been delivered without our knowing, each with its recipients."""
        found = {}
        for note in sorted(self._doubts.iterdir()):
            message = self.get(note.name)
            noted = _noted(note)
            mine = message.recipients if message is not None else ()
            recipients = mine if noted is None else tuple(who for who in noted if who in mine)
            if recipients:
                found[note.name] = recipients
            else:
                with suppress(FileError):  # such as a folder, which does no harm
                    _remove(note)  # the doubt has been settled since
        return found

    def failed(self) -> list[tuple[Message, str]]:
        """Return the messages that could not be delivered, each with the recipients concerned, and the reason."""
        found = []
        for name in self._failed.names():
            with suppress(UnreadableMessageError):
                reason, _, octets = (_read(self._failed.path(name)) or b"").partition(b"\n")
                if reason.startswith(b"X-Failed: "):
                    found.append((parse_message(name, octets), reason.removeprefix(b"X-Failed: ").decode()))
        return found

    def _sweep(self) -> None:
        """Remove what a kill left incomplete and was never acknowledged. Files of others are kept for 36 hours."""
        for left in (self.folder / "tmp").iterdir():
            match = _OURS.match(left.name)
            with suppress(OSError):
                interrupted = match is not None and not is_alive(int(match[1]))
                if interrupted or time.time() - left.stat().st_mtime > _ABANDONED:
                    left.unlink()

    def _keep_failed(self, message: Message, reason: str) -> None:
        # The same failure has the same name, so a kill before the message is removed does not duplicate it.
        digest = hashlib.sha256("\n".join(message.recipients).encode("utf-8", "surrogateescape")).hexdigest()[:8]
        line = f"X-Failed: {writable(' '.join(reason.split()))}\n".encode()
        self._failed.put(line + render_message(message), name=f"{message.id}.{digest}")


def unique_name() -> str:
    """Return a unique name that sorts by time."""
    host = socket.gethostname().replace("/", "_").replace(":", "_")
    return f"{time.time_ns():020}.{os.getpid()}_{next(_counter)}.{host}"


def _read(path: Path) -> bytes | None:
    """Return the content of a regular file; None if it is gone, or this process can't open files at present.

    Raises:
        UnreadableMessageError: It is not a regular file, too large, or unreadable.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # just opening a device can have an effect
            raise UnreadableMessageError(_NOT_REGULAR)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnreadableMessageError(_NOT_REGULAR)
            octets = file.read(_MOST_FILE + 1)
    except OSError as error:
        if error.errno in _PASSING:
            return None
        raise UnreadableMessageError(f"it can't be read ({reason_of(error).lower()})") from None
    if len(octets) > _MOST_FILE:
        raise UnreadableMessageError(f"it is larger than {_MOST_FILE} octets")
    return octets


def _noted(note: Path) -> list[str] | None:
    """Return the recipients in a note of doubt; None if it is unreadable, so that all recipients are in doubt."""
    try:
        noted = json.loads(_read(note) or b"")
    except (UnreadableMessageError, ValueError, RecursionError):
        return None
    return noted if isinstance(noted, list) and all(isinstance(who, str) for who in noted) else None


def _write(temporary: Path, path: Path, octets: bytes) -> None:
    """Write a file atomically and synchronise it to the disk."""
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise _refused("the mail can't be written", path, error) from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise _refused("the mail can't be removed", path, error) from None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _take_lock(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _refused("the queue can't be locked", path, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(descriptor, 16, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        who = f"pid {pid}" if pid.isdecimal() else "another process"
        message = f"the queue {path.parent} is in use by {who}"
        raise LockError(message, path=str(path), pid=int(pid) if pid.isdecimal() else None) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _refused(message: str, path: Path, error: OSError) -> FileError:
    remedy = {
        errno.ENOSPC: "make room on its file system",
        errno.EDQUOT: "make room in your quota",
        errno.EACCES: "give this user the right to write there",
        errno.EROFS: "name another folder",
    }.get(error.errno or 0, "")
    reason = reason_of(error).lower()
    return FileError(f"{message} ({reason})", path=str(path), errno=error.errno, remedy=remedy)
