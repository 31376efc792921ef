"""Whether anything outside a run can end a wait: the rule behind every proof and every jump.

"Proven" means that nothing is left that could end the waits, and a jump to a deadline is exact only if nothing can
happen before it. Both hold only in a closed world. For each waiting thread, the kernel is asked what could end its
wait:

====================================  ==================================================================================
the thread waits for                  outside the run it can be ended by
====================================  ==================================================================================
time alone, the line, its circuits    nothing: the simulator has them
descriptors                           the processes at their other ends: :mod:`simisp.forensics.far_ends`
a lock on a file                      a process outside that has that file open
memory (mutex, condition, futex)      a process outside that has the same shared memory, or may have: a file's
a child                               nothing, when every descendant shares the clock
a signal                              any process: proven only "unless a signal is sent"
a continuation (it is stopped)        any process: never proven
====================================  ==================================================================================

Besides, nothing may be armed that the clock does not know, such as an alarm or a POSIX timer set without libc, and
every thread and descendant must share the clock. What cannot be determined counts as open.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

from simisp.forensics.far_ends import CANNOT_TELL, FarEnds, may_be_over_soon
from simisp.forensics.waits import polled, selected, wait_of
from simisp.procfs.cgroups import EventfdRegistrations
from simisp.procfs.descent import descent
from simisp.procfs.descriptors import has_own_table
from simisp.procfs.fdinfo import descriptor_link
from simisp.procfs.process import all_processes, named, process_ids, thread_ids
from simisp.procfs.program import environment_of
from simisp.procfs.shared_memory import SharedMapping, futex_of, has_mapped, read_only_files, shared_mappings
from simisp.procfs.threads import blocked_in, children_of, has_octet_timer, thread_exists
from simisp.procfs.timers import posix_timers
from simisp.shared_time.clock_page import Call, ClockPage, SlotLayout
from simisp.shared_time.jump import Participant

__all__ = ["OpenWait", "OpenWaits"]

_KEPT = 0.2
"""Real seconds for which a wait found closed is not asked about again before a jump. Before a proof it is."""

_CLOSED = frozenset({Call.NONE, Call.SLEEP, Call.SIGNAL, Call.CHILD, Call.CIRCUIT, Call.CLOCK, Call.SETTINGS})
_MEMORY = frozenset({Call.SEMAPHORE, Call.CONDITION, Call.MUTEX, Call.FUTEX})
_KERNEL_CLOSED = frozenset(
    {"pause", "rt_sigsuspend", "rt_sigtimedwait", "wait4", "waitid", "clone", "clone3", "vfork", "exit"}
)
_FOR_CHILDREN = frozenset({Call.CHILD, "wait4", "waitid"})
_KERNEL_SIGNALS = frozenset({"pause", "rt_sigsuspend", "rt_sigtimedwait"})
_SIGNALLED = _KERNEL_SIGNALS | {"stop"}
_ANONYMOUS = "/dev/zero (deleted)"
"""The kernel's name for memory that is shared without a file: it cannot be handed to another process."""
_READING = frozenset({"read", "readv"})
_SENDING = frozenset({"sendto", "sendmsg"})
_LOCKING = frozenset({"flock", "fcntl"})


@dataclass(frozen=True, slots=True)
class OpenWait:
    """A wait that something outside the run can end.

    Attributes:
        pid: The process that waits.
        ender: What can end it, in words that follow "waits for".
    """

    pid: int
    ender: str

    def describe(self) -> str:
        """Return it as a clause.

        Example:
            >>> OpenWait(7, "pid 812 (nc) at the other end of its socket").describe()
            'pid 7 waits for pid 812 (nc) at the other end of its socket'
        """
        return f"pid {self.pid} waits for {self.ender}"

    @property
    def may_be_over_soon(self) -> bool:
        """Whether what can end it lasts only a moment as a rule, and mostly has nothing to do with the run."""
        return may_be_over_soon(self.ender)


class OpenWaits:
    """Asks the kernel what could end the waits of a run's participants.

    Args:
        page: The run's page.
    """

    def __init__(self, page: ClockPage) -> None:
        self._page = page
        self.stopped_by_run: frozenset[int] = frozenset()
        """The processes that the run itself has stopped, and may continue."""
        self._closed_until: dict[tuple[int, int, str], float] = {}
        self._family: tuple[str, ...] = ()
        self._through_descriptor = self._for_signals = False
        self._silent_until: dict[int, float] = {}
        self._untraced_until = 0.0
        self._registrations = EventfdRegistrations()
        self._openings = 0
        self._mappings: dict[int, tuple[SharedMapping, ...] | None] = {}

    def close(self) -> None:
        """Release what the kernel keeps for it. Calling it again does nothing."""
        self._registrations.close()

    def find(self, waiting: Iterable[Participant], *, afresh: bool) -> OpenWait | None:
        """Return the first wait that something outside can end, or None.

        Args:
            waiting: The participants, all of which wait.
            afresh: Whether to ask again about waits that were found closed a moment ago, as before a proof.
        """
        participants = [one for one in waiting if one.slot >= 0 and one.pid]
        pids = {one.pid for one in participants}
        heirs = {int(slot.pid) for _, slot in self._page.slots() if slot.inherited_timer}
        ends = FarEnds(pids, self._page.devices, heirs, self._registrations)
        now = time.monotonic()
        if (openings := int(self._page.layout.openings)) != self._openings or afresh:
            self._openings = openings
            self._closed_until.clear()
            self._silent_until.clear()
            self._untraced_until = 0.0
        if afresh:
            self._family = ()
        self._mappings = {}
        self._for_signals = False
        stranger = self._unshared(pids, ends)
        if stranger is not None:
            return stranger
        kept, self._closed_until = self._closed_until, {}
        for one in participants:
            key = (one.birth, one.sequence, one.asleep)
            until = kept.get(key, 0.0)
            if now >= until:
                ender = self._ender(one, ends)
                self._through_descriptor = ends.signalled
                if ender:
                    return OpenWait(one.pid, ender)
                until = now + _KEPT
            self._closed_until[key] = until
        return None

    def waits_for_signals(self, waiting: Iterable[Participant]) -> bool:
        """Whether one of the participants waits for a signal, which any process may send. Call it after a look."""
        return (
            self._through_descriptor
            or self._for_signals
            or any(
                one.asleep in _SIGNALLED if one.asleep else self._page.slot(one.slot).call == Call.SIGNAL
                for one in waiting
                if one.slot >= 0
            )
        )

    def _ender(self, one: Participant, ends: FarEnds) -> str:
        """Return what can end a participant's wait from outside; empty if nothing can."""
        slot = self._page.slot(one.slot)
        armed = _armed_in_the_kernel(one.pid, slot)
        if armed:
            return armed
        tid = int(slot.tid) or one.pid
        if signals := self._signals(one.pid, ends):
            return signals
        call = one.asleep or Call(slot.call)
        if call in _FOR_CHILDREN and (traced := self._traced(ends)):
            return traced
        if one.asleep:
            return self._asleep_ender(one.pid, tid, one.asleep, ends)
        return self._shared_ender(one.pid, slot, ends)

    def _traced(self, ends: FarEnds) -> str:
        """Return a process outside that a participant traces, and so waits for as for a child: ptrace(2)."""
        now = time.monotonic()
        if now < self._untraced_until:
            return ""
        found = ends.traced()
        if not found:
            self._untraced_until = now + _KEPT
        return found

    def _signals(self, pid: int, ends: FarEnds) -> str:
        """Return what outside can make the kernel send a process a signal. A negative result is cached for a while."""
        now = time.monotonic()
        if now < self._silent_until.get(pid, 0.0):
            return ""
        found = ends.signals_of(pid)
        if not found:
            self._silent_until[pid] = now + _KEPT
        return found

    def _shared_ender(self, pid: int, slot: SlotLayout, ends: FarEnds) -> str:
        """Return what can end a wait of the library."""
        call = Call(slot.call)
        if call in _CLOSED:
            return ""
        if call in _MEMORY:
            return self._memory_ender(pid, int(slot.tid) or pid, ends)
        if has_own_table(pid, int(slot.tid) or pid):
            return CANNOT_TELL
        if call is Call.LOCK:
            return self._lock_ender(pid, int(slot.descriptor), ends)
        descriptors = _descriptors(pid, call, slot)
        # A wait for no descriptor at all is one for a signal, as programs without pause() have it.
        self._for_signals |= descriptors == ()
        return CANNOT_TELL if descriptors is None else _first(ends, pid, descriptors)

    def _asleep_ender(self, pid: int, tid: int, call: str, ends: FarEnds) -> str:
        """Return what can end a wait in a system call that the library does not replace."""
        self._for_signals |= call in _KERNEL_SIGNALS
        if call == "stop" or call in _KERNEL_CLOSED:
            is_outside = call == "stop" and pid not in self.stopped_by_run
            return "a signal that continues it: it is stopped" if is_outside else ""
        if call == "futex":
            return self._memory_ender(pid, tid, ends)
        wait, blocked = wait_of(pid, tid), blocked_in(pid, tid)
        unknown = blocked is None or wait.call != call or call in {"open", "openat"} or has_own_table(pid, tid)
        if blocked is not None and call in _SENDING:
            unknown = unknown or not ends.is_for_its_peer_alone(pid, blocked.descriptor)
        if blocked is None or wait.descriptors is None or unknown:
            return CANNOT_TELL
        self._for_signals |= wait.descriptors == ()
        if call in _READING and has_octet_timer(pid, blocked.descriptor):
            return "a time limit that the kernel keeps for its terminal (VTIME)"
        if call in _LOCKING:
            return self._lock_ender(pid, blocked.descriptor, ends)
        # An epoll instance is asked itself: it may watch another file than its number says.
        return _first(ends, pid, [blocked.descriptor] if call.startswith("epoll") else wait.descriptors)

    def _lock_ender(self, pid: int, descriptor: int, ends: FarEnds) -> str:
        holder = ends.holder_of_lock(pid, descriptor)
        if not holder:
            return ends.in_flight()  # a lock of an open file description is held by every process that has it
        if holder == CANNOT_TELL:
            return holder
        try:
            link = descriptor_link(pid, descriptor)
        except OSError:
            return CANNOT_TELL
        return f"a lock on {link}, which {holder} has open"

    def _memory_ender(self, pid: int, tid: int, ends: FarEnds) -> str:
        """Return the process outside that can wake a thread through shared memory."""
        # The threads of a process have one memory map, which is long: it is read once in a look.
        if pid not in self._mappings:
            self._mappings[pid] = shared_mappings(pid)
        mappings = self._mappings[pid]
        if mappings is None:
            return CANNOT_TELL
        futex, page = futex_of(pid, tid), self._page.path.name
        address = None if futex is None else futex.address
        own = tuple(one for one in mappings if address is not None and address in one.addresses)
        if futex is not None and not own and not futex.is_private:
            own = read_only_files(pid, futex.address)
        # Between two looks it is in no call; and a condition's count is in the page, wherever the condition is.
        if address is None or any(page in one.name for one in own):
            own = tuple(one for one in mappings if one.is_writable)
        return self._sharer({one for one in own if page not in one.name}, ends)

    def _sharer(self, shared: set[SharedMapping], ends: FarEnds) -> str:
        if not shared:
            return ""
        inside = {int(slot.pid) for _, slot in self._page.slots()}
        places = {one.place for one in shared}
        for other in process_ids():
            if other not in inside and has_mapped(other, places):
                return f"pid {other}, with which it shares memory"
        for one in shared:
            holder = ends.holder_of_deleted(one.place.split()[1])
            if holder or one.may_be_opened:
                return f"{holder or 'a process'} that may share the memory of {one.name}"
        # A file descriptor in flight: the memory is not yet mapped by its recipient.
        return ends.in_flight() if any(one.name != _ANONYMOUS for one in shared) else ""

    def _unshared(self, pids: set[int], ends: FarEnds) -> OpenWait | None:
        """Return a thread or a descendant of the run that does not share its clock, and may run by itself."""
        known = {int(slot.tid) for _, slot in self._page.slots()}
        tasks = {pid: _tasks(pid) for pid in (os.getpid(), *sorted(pids))}
        for pid in pids:
            for tid in tasks[pid] - known:
                blocked = blocked_in(pid, tid)
                if blocked is None and thread_exists(pid, tid):
                    return OpenWait(pid, f"its thread {tid}, which does not share the clock")
                ender = "" if blocked is None else self._asleep_ender(pid, tid, blocked.call, ends)
                if ender:
                    return OpenWait(pid, ender)
        family = tuple(children_of(pid, threads) for pid, threads in tasks.items())
        # This process has a child, the client: where the kernel lists none, the list says nothing about others either.
        if family == self._family and any(family):
            return None
        stranger = self._stranger(pids)
        if stranger is None:
            self._family = family
            return None
        return OpenWait(min(pids, default=stranger), f"{named(stranger)}, which does not share the clock")

    def _stranger(self, pids: set[int]) -> int | None:
        own = os.getpid()
        processes = descent(own, *sorted(pids)) or all_processes()
        for process in processes.values():
            if process.pid in pids or process.ended or process.pid == own:
                continue
            ancestor, inherits = process.parent, False
            while ancestor in processes and ancestor not in {own, 1}:
                if ancestor in pids:
                    inherits = True
                    break
                ancestor = processes[ancestor].parent
            # An orphan has become a child of this process; it has the page, or its name in the environment.
            if inherits or (ancestor == own and self._has_page(process.pid)):
                return process.pid
        return None

    def _has_page(self, pid: int) -> bool:
        """Return whether a process has the page, or had its name in the environment when its program began."""
        if self._page.is_mapped_by(pid):
            return True
        name = self._page.path.name.encode()
        return any(name in variable for variable in environment_of(pid) or ())


def _first(ends: FarEnds, pid: int, descriptors: Iterable[int]) -> str:
    return next(filter(None, (ends.who(pid, each) for each in descriptors if each >= 0)), "")


def _descriptors(pid: int, call: Call, slot: SlotLayout) -> tuple[int, ...] | None:
    """Return what a participant waits for in a call that takes descriptors; None if unknown."""
    if call is Call.POLL:
        return polled(pid, int(slot.set), int(slot.set_size)) if slot.set_size else ()
    if call is Call.SELECT:
        return selected(pid, int(slot.set), int(slot.set_size)) if slot.set_size else ()
    return (int(slot.descriptor),) if slot.descriptor >= 0 else None


def _armed_in_the_kernel(pid: int, slot: SlotLayout) -> str:
    """Return a timer that the kernel keeps for a process without the clock's knowledge; empty if there is none."""
    if slot.kernel_alarm:
        return "an alarm that was set past libc"
    if slot.folder_notes:
        return "a signal that it has asked for when a folder changes"
    if int(slot.tid) == pid and len(posix_timers(pid)) > int(slot.timers_made):
        return "a timer that was set past libc"
    return ""


def _tasks(pid: int) -> set[int]:
    try:
        return set(thread_ids(pid))
    except OSError:
        return set()
