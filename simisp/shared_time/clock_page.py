"""The clock page: the memory that the coordinator shares with every participant of a run.

The layout is that of ``preload/page.h``, and a test compares the two field by field. This module only reads and writes
it; what the values mean for the clock is decided in :mod:`simisp.shared_time.jump`.

Memory order. A slot is written by its owner alone and read here without a lock. The library stores ``sequence`` and
``acknowledged`` in sequentially consistent order, after the fields that describe the wait: a reader that sees them sees
those fields too. Python has no memory barriers, so this side uses that of FUTEX_WAKE (``ClockPage._fence``). It
separates the time from the round (:meth:`ClockPage.ask`), so a participant that sees a round sees the time that goes
with it. An acknowledgement is read before the sequence: a wait that is still the same had not ended when it was given.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os
import platform
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from enum import IntEnum
from pathlib import Path

from simisp.procfs.memory import memory_map
from simisp.procfs.process import pid_namespace
from simisp.procfs.threads import filters_of

__all__ = [
    "LINE_COUNT",
    "NANOSECONDS",
    "NEVER",
    "NO_SLOT",
    "SLOT_COUNT",
    "Call",
    "ClockMode",
    "ClockPage",
    "LineLayout",
    "PageLayout",
    "SlotLayout",
    "sweep",
]

MAGIC = 0x70736973
VERSION = 4
SLOT_COUNT = 248
LINE_COUNT = 256
NEVER = 2**64 - 1
NANOSECONDS = 1_000_000_000
"""Nanoseconds in a second: times in the page are whole nanoseconds."""
NO_SLOT = 0
COUNTERS = 12
_LINK_ORDER = "verify_asan_link_order="
"""libasan refuses to work if another library was loaded before it, unless it must not check."""
_PREFIX, _SUFFIX = "simisp-clock-", ".page"
"""The beginning and the end of the name of a page's file."""

_FUTEX_SYSCALL = {"x86_64": 202, "aarch64": 98}
_FUTEX_WAIT, _FUTEX_WAKE = 0, 1
_EVERYBODY = 2**31 - 1


class ClockMode(IntEnum):
    """How time passes for the participants: ``enum clock_mode``."""

    REAL = 0
    """Real time; the page carries only circuits."""
    VIRTUAL = 1
    """The clock stands until the coordinator moves it."""
    SCALED = 2
    """Waits are divided and clocks multiplied by a factor, without a coordinator."""
    RUNNING = 3
    """A virtual clock that was released: it runs by itself, and the coordinator still sends the alarms."""


class Call(IntEnum):
    """What a participant is blocked in: ``enum call``."""

    NONE = 0
    READ = 1
    WRITE = 2
    POLL = 3
    SELECT = 4
    EPOLL = 5
    SLEEP = 6
    SIGNAL = 7
    CHILD = 8
    LOCK = 9
    SEMAPHORE = 10
    CONDITION = 11
    MUTEX = 12
    FUTEX = 13
    CIRCUIT = 14
    SOCKET = 15
    CLOCK = 16
    SETTINGS = 17


class SlotLayout(ctypes.Structure):
    """``struct slot``: one participant."""

    _fields_ = (
        ("pid", ctypes.c_int32),
        ("tid", ctypes.c_int32),
        ("sequence", ctypes.c_uint32),
        ("acknowledged", ctypes.c_uint32),
        ("deadline", ctypes.c_uint64),
        ("granted", ctypes.c_uint64),
        ("alarm_at", ctypes.c_uint64),
        ("alarm_interval", ctypes.c_uint64),
        ("blocked_signals", ctypes.c_uint64),
        ("entered", ctypes.c_uint64),
        ("call", ctypes.c_uint32),
        ("descriptor", ctypes.c_int32),
        ("on_line", ctypes.c_uint32),
        ("birth", ctypes.c_uint32),
        ("timer_at", ctypes.c_uint64),
        ("timer_granted", ctypes.c_uint64),
        ("set", ctypes.c_uint64),
        ("set_size", ctypes.c_uint32),
        ("kernel_alarm", ctypes.c_uint32),
        ("timers_made", ctypes.c_uint32),
        ("inherited_timer", ctypes.c_uint32),
        ("asleep", ctypes.c_uint32),
        ("folder_notes", ctypes.c_uint32),
    )


class LineLayout(ctypes.Structure):
    """``struct line``: one of the simulator's terminals."""

    _fields_ = (
        ("device", ctypes.c_uint64),
        ("dte_circuits", ctypes.c_uint32),
        ("dce_circuits", ctypes.c_uint32),
        ("framing", ctypes.c_uint32),
        ("breaks", ctypes.c_uint32),
        ("counters", ctypes.c_uint32 * COUNTERS),
    )


class PageLayout(ctypes.Structure):
    """``struct clock_page``."""

    _fields_ = (
        ("magic", ctypes.c_uint32),
        ("version", ctypes.c_uint32),
        ("mode", ctypes.c_uint32),
        ("slots_used", ctypes.c_uint32),
        ("now", ctypes.c_uint64),
        ("round", ctypes.c_uint32),
        ("bell", ctypes.c_uint32),
        ("coordinator_waits", ctypes.c_uint32),
        ("lines_used", ctypes.c_uint32),
        ("realtime_base", ctypes.c_uint64),
        ("monotonic_base", ctypes.c_uint64),
        ("origin_real", ctypes.c_uint64),
        ("origin_now", ctypes.c_uint64),
        ("factor", ctypes.c_double),
        ("births", ctypes.c_uint32),
        ("circuit_changes", ctypes.c_uint32),
        ("coordinator", ctypes.c_int32),
        ("slotless", ctypes.c_int32),
        ("conditions", ctypes.c_uint32),
        ("confined", ctypes.c_int32),
        ("namespace", ctypes.c_uint64),
        ("other_namespace", ctypes.c_uint64),
        ("filters", ctypes.c_uint32),
        ("openings", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 32),
        ("slots", SlotLayout * SLOT_COUNT),
        ("lines", LineLayout * LINE_COUNT),
    )


def sweep(folder: Path) -> list[Path]:
    """Remove the pages in a folder whose makers were killed: files that exist and are not locked."""
    removed = []
    for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")):
        with contextlib.suppress(OSError):  # its maker is alive, it is another user's, or another process was faster
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                status = os.fstat(descriptor)
                if stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
                    path.unlink()
                    removed.append(path)
            finally:
                os.close(descriptor)
    return removed


def _made(folder: Path) -> tuple[int, Path]:
    """Return a new file, open and locked, and its path."""
    while True:
        descriptor, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=folder)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A process that sweeps may have removed it before it was locked.
            if os.fstat(descriptor).st_nlink:
                return descriptor, Path(name)
        os.close(descriptor)


class ClockPage:
    """One run's shared memory, backed by a file that children find through their environment.

    The coordinator's side is not thread-safe. The page must outlive the children that use it.

    Args:
        path: The file, which this object owns and removes in :meth:`close`.

    Example:
        >>> with ClockPage.create() as page:
        ...     page.begin(ClockMode.VIRTUAL)
        ...     page.now_ns, list(page.slots())
        (0, [])
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = -1
        """Open on the file and locked for the lifetime of the page; -1 for a page that another process has made."""
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), ctypes.sizeof(PageLayout))
        self.layout = PageLayout.from_buffer(self._memory)
        self._address = ctypes.addressof(self.layout)
        self._slots: list[SlotLayout] = list(self.layout.slots)
        self._devices: tuple[int, ...] = ()
        self._futex_syscall = _FUTEX_SYSCALL[platform.machine()]
        self._syscall = ctypes.CDLL(None).syscall
        self._syscall.argtypes = (
            ctypes.c_long,
            ctypes.c_void_p,
            ctypes.c_int,
            ctypes.c_uint32,
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_int,
        )

    @classmethod
    def create(cls, directory: Path | None = None) -> ClockPage:
        """Make a new page in ``directory`` (the system's temporary one), readable by this user alone.

        Raises:
            OSError: The directory cannot be written.
        """
        folder = Path(tempfile.gettempdir()) if directory is None else directory
        sweep(folder)
        descriptor, path = _made(folder)
        try:
            os.truncate(descriptor, ctypes.sizeof(PageLayout))
            page = cls(path)
        except BaseException:
            path.unlink(missing_ok=True)
            os.close(descriptor)
            raise
        page._lock = descriptor
        page.layout.mode = ClockMode.REAL
        page.layout.factor = 1.0
        page.layout.coordinator = os.getpid()
        page.layout.namespace = pid_namespace() or 0
        page.layout.filters = filters_of(os.getpid())
        page.layout.version = VERSION
        page.layout.magic = MAGIC
        return page

    def __enter__(self) -> ClockPage:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the page's file. Children that still have it continue in real time, from where the clock stands."""
        if self.mode is ClockMode.VIRTUAL:
            self.let_go()
        self.path.unlink(missing_ok=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def begin(
        self, mode: ClockMode, *, factor: float = 1.0, realtime_ns: int | None = None, monotonic_ns: int | None = None
    ) -> None:
        """Start the run's clock at zero.

        Args:
            mode: How time passes.
            factor: Seconds of the run for each real second, for a scaled clock; more than 0.
            realtime_ns: The initial CLOCK_REALTIME in Unix nanoseconds; by default the real one without its fraction of
                a second. Otherwise a program that rounds times of day, as Tcl does to microseconds and many do to
                seconds, would round differently in each run.
            monotonic_ns: The initial CLOCK_MONOTONIC; the same default.

        Raises:
            ValueError: The factor is not a positive number.
        """
        if not 0 < factor < float("inf"):
            raise ValueError(f"a clock's factor is more than 0, not {factor}")
        layout = self.layout
        layout.now = layout.origin_now = 0
        layout.origin_real = time.monotonic_ns()
        layout.realtime_base = _whole_seconds(time.time_ns()) if realtime_ns is None else realtime_ns
        layout.monotonic_base = _whole_seconds(time.monotonic_ns()) if monotonic_ns is None else monotonic_ns
        layout.factor = factor
        self._fence()
        layout.mode = mode

    def let_go(self, factor: float = 1.0) -> None:
        """Let a virtual clock run by itself from where it stands, since a process cannot share it."""
        layout = self.layout
        layout.origin_real = time.monotonic_ns()
        layout.origin_now = layout.now
        layout.factor = factor
        self._fence()
        layout.mode = ClockMode.RUNNING
        self.ask()

    @property
    def mode(self) -> ClockMode:
        """How time passes."""
        return ClockMode(self.layout.mode)

    @property
    def now_ns(self) -> int:
        """The time of the run in nanoseconds, as every participant sees it."""
        layout = self.layout
        if layout.mode == ClockMode.VIRTUAL:
            return int(layout.now)
        return int(layout.origin_now) + int((time.monotonic_ns() - layout.origin_real) * layout.factor)

    def environment(self, library: Path, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return an environment in which a child takes part: ``base`` (or ours) with the library and the page.

        A program built with AddressSanitizer has to accept that the library comes before its own.
        """
        environment = dict(os.environ if base is None else base)
        others = environment.get("LD_PRELOAD", "").replace(":", " ").split()
        environment["LD_PRELOAD"] = ":".join([str(library), *(name for name in others if name != str(library))])
        environment["SIMISP_CLOCK_PAGE"] = str(self.path)
        options = environment.get("ASAN_OPTIONS", "")
        if _LINK_ORDER not in options:
            environment["ASAN_OPTIONS"] = f"{options}:{_LINK_ORDER}0".lstrip(":")
        return environment

    def is_mapped_by(self, pid: int) -> bool:
        """Return whether a process has the page mapped. A process that is about to come up has not yet."""
        try:
            return self.path.name in memory_map(pid)
        except OSError:
            return False

    def add_line(self, device: int) -> LineLayout:
        """Set up one more line, before any client has the page, and return it.

        Args:
            device: The device number of its slave side (``st_rdev``).

        Raises:
            ValueError: The page has no room for another one.
        """
        number = int(self.layout.lines_used)
        if number == LINE_COUNT:
            raise ValueError(f"time is shared on {LINE_COUNT} lines at most")
        line: LineLayout = self.layout.lines[number]
        line.device = device
        self._devices = (*self._devices, device)
        self._fence()
        self.layout.lines_used = number + 1
        return line

    @property
    def devices(self) -> tuple[int, ...]:
        """The device numbers of the lines' slave sides: that of the line number 1 comes first."""
        return self._devices

    def slots(self) -> Iterator[tuple[int, SlotLayout]]:
        """Yield each slot in use with its index."""
        for index in range(self.layout.slots_used):
            slot = self._slots[index]
            if slot.pid != NO_SLOT:
                yield index, slot

    def slot(self, index: int) -> SlotLayout:
        """Return one slot."""
        return self._slots[index]

    def free(self, index: int) -> None:
        """Free the slot of a participant that is gone."""
        slot = self._slots[index]
        slot.sequence = (slot.sequence | 1) + 1 & 0xFFFFFFFF
        slot.deadline = slot.alarm_at = slot.timer_at = NEVER
        slot.tid = slot.asleep = 0
        self._fence()
        slot.pid = NO_SLOT

    def ask(self) -> int:
        """Start a round: every waiting participant looks again and acknowledges. Return the round's number."""
        number = (self.layout.round + 1) & 0xFFFFFFFF
        self._fence()
        self.layout.round = number
        self._futex(PageLayout.round.offset, _FUTEX_WAKE, _EVERYBODY)
        return int(number)

    def set_now(self, now_ns: int) -> None:
        """Move the virtual clock."""
        self.layout.now = now_ns
        self._fence()

    def wake_circuit_waiters(self) -> None:
        """Notify the clients that wait for a change of a circuit."""
        self._fence()
        self.layout.circuit_changes = (self.layout.circuit_changes + 1) & 0xFFFFFFFF
        self._futex(PageLayout.circuit_changes.offset, _FUTEX_WAKE, _EVERYBODY)

    def bell(self) -> int:
        """Return the bell's count, for :meth:`listen`."""
        return int(self.layout.bell)

    def ring(self) -> None:
        """Ring the bell ourselves, so that a listener continues."""
        self.layout.bell = (self.layout.bell + 1) & 0xFFFFFFFF
        self._futex(PageLayout.bell.offset, _FUTEX_WAKE, _EVERYBODY)

    def listen(self, heard: int, timeout: float) -> None:
        """Wait until the bell has rung since ``heard``, at most ``timeout`` seconds of real time."""
        self.layout.coordinator_waits = 1
        self._fence()
        timespec = (ctypes.c_int64 * 2)(int(timeout), int(timeout % 1 * 1e9))
        self._futex(PageLayout.bell.offset, _FUTEX_WAIT, heard, ctypes.byref(timespec))
        self.layout.coordinator_waits = 0

    def _fence(self) -> None:
        """Order the stores before with the ones after: FUTEX_WAKE has a full memory barrier, which Python lacks."""
        self._futex(PageLayout.reserved.offset, _FUTEX_WAKE, 1)

    def _futex(self, offset: int, operation: int, value: int, timeout: object = None) -> None:
        self._syscall(self._futex_syscall, self._address + offset, operation, value, timeout, None, 0)


def _whole_seconds(nanoseconds: int) -> int:
    return nanoseconds - nanoseconds % 10**9
