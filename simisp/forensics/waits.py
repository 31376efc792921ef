"""Where a thread is blocked: the system call, and the descriptors.

The kernel shows the call's number and arguments to root and to processes that may trace the thread. To others it shows,
where allowed, the kernel function that the thread sleeps in. The arguments of poll(2) and select(2) are in the thread's
own memory and are read from there.

See Also:
    proc(5): /proc/PID/syscall, /proc/PID/wchan, /proc/PID/mem, /proc/PID/fdinfo.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from simisp.errors import reason_of
from simisp.procfs.fdinfo import descriptor_information
from simisp.procfs.memory import auxiliary_vector, read_memory
from simisp.procfs.process import printable
from simisp.procfs.system_calls import IOCTL_REQUESTS, WaitsOn, system_calls
from simisp.procfs.threads import kernel_function_of, system_call_of

__all__ = ["Wait", "polled", "selected", "wait_of"]

_CALLS = system_calls()
_POLLFD = struct.Struct("=ihh")
_MOST_DESCRIPTORS = 4096
_MOST_SHOWN = 8
_LARGEST_AUXILIARY_TYPE = 1 << 16


@dataclass(frozen=True, slots=True)
class Wait:
    """What a thread does in the kernel.

    Attributes:
        text: In words that follow "is": ``"blocked in read(0, …)"``, ``"running"``.
        call: The name of the system call; empty if it is in none, or unknown.
        descriptors: The descriptors that it waits on; None if unknown.
    """

    text: str
    call: str = ""
    descriptors: tuple[int, ...] | None = None


def wait_of(pid: int, thread: int) -> Wait:
    """Return where a thread is blocked, as far as visible."""
    try:
        text = system_call_of(pid, thread)
    except ProcessLookupError:
        return Wait("gone")
    except OSError as error:
        return _kernel_function(pid, thread, reason_of(error).lower())
    match text.split():
        case ["running"]:
            return Wait("running", descriptors=())
        case ["-1", *_]:
            return Wait("blocked outside of any system call, as in a page fault", descriptors=())
        case [number, *arguments] if number.isdecimal() and len(arguments) >= 6:
            return _wait_in(pid, int(number), [int(argument, 16) for argument in arguments[:6]])
        case _:
            return Wait(f"in a state that the kernel describes as '{printable(text.strip().encode())}'")


def _kernel_function(pid: int, thread: int, refusal: str) -> Wait:
    name = kernel_function_of(pid, thread)
    if name in {"", "0"}:
        return Wait(f"in a system call that can't be seen ({refusal})")
    return Wait(f"blocked in the kernel's {name} (the system call can't be seen: {refusal})")


def _wait_in(pid: int, number: int, arguments: list[int]) -> Wait:
    if not _has_native_calls(pid):
        return Wait(f"blocked in system call {number} of the 32-bit table")
    call = _CALLS.get(number)
    if call is None:
        return Wait(f"blocked in system call {number}")
    shown, descriptors = _ARGUMENTS[call.waits_on](pid, arguments)
    return Wait(f"blocked in {call.name}({shown})", call.name, descriptors)


def _has_native_calls(pid: int) -> bool:
    """Return whether a program's system calls are those of the 64-bit table; true if unknown."""
    try:
        auxiliary = auxiliary_vector(pid)
    except OSError:
        return True
    # The vector begins with a small type number: in 8 octets for a 64-bit program, else in 4, followed by its value.
    return len(auxiliary) < 8 or int.from_bytes(auxiliary, "little") < _LARGEST_AUXILIARY_TYPE


_Shown = tuple[str, tuple[int, ...] | None]


def _nothing(_pid: int, _arguments: list[int]) -> _Shown:
    return "…", ()


def _descriptor(_pid: int, arguments: list[int]) -> _Shown:
    descriptor = _int(arguments[0])
    return f"{descriptor}, …", (descriptor,)


def _ioctl(_pid: int, arguments: list[int]) -> _Shown:
    descriptor, request = _int(arguments[0]), arguments[1] & 0xFFFFFFFF
    return f"{descriptor}, {IOCTL_REQUESTS.get(request, hex(request))}", (descriptor,)


def _poll(pid: int, arguments: list[int]) -> _Shown:
    address, count = arguments[0], arguments[1] & 0xFFFFFFFF
    if count > _MOST_DESCRIPTORS:
        return "…", None
    memory = read_memory(pid, address, count * _POLLFD.size)
    # The call ignores a negative descriptor in the array.
    if memory is None:
        return "…", None
    return _list(number for number, _, _ in _POLLFD.iter_unpack(memory) if number >= 0)


def _select(pid: int, arguments: list[int]) -> _Shown:
    count = _int(arguments[0])
    if not 0 <= count <= _MOST_DESCRIPTORS:
        return "…", None
    octets = (count + 63) // 64 * 8  # sets are made of longs
    waited = 0
    for address in filter(None, arguments[1:4]):
        members = read_memory(pid, address, octets)
        if members is None:
            return "…", None
        waited |= int.from_bytes(members, "little")
    return _list(number for number in range(count) if waited >> number & 1)


def _epoll(pid: int, arguments: list[int]) -> _Shown:
    descriptor = _int(arguments[0])
    try:
        lines = descriptor_information(pid, descriptor).splitlines()
    except OSError:
        return f"{descriptor}, …", None
    shown, descriptors = _list(int(line.split()[1]) for line in lines if line.startswith("tfd:"))
    return f"{descriptor} on {shown}", descriptors


_ARGUMENTS = {
    WaitsOn.NOTHING: _nothing,
    WaitsOn.DESCRIPTOR: _descriptor,
    WaitsOn.IOCTL: _ioctl,
    WaitsOn.POLL: _poll,
    WaitsOn.SELECT: _select,
    WaitsOn.EPOLL: _epoll,
}


def polled(pid: int, address: int, count: int) -> tuple[int, ...] | None:
    """Return the descriptors in an array of ``struct pollfd`` of a process; None if it cannot be read."""
    return _poll(pid, [address, count])[1]


def selected(pid: int, address: int, octets: int) -> tuple[int, ...] | None:
    """Return the descriptors in an ``fd_set`` of a process; None if it cannot be read."""
    return _select(pid, [octets * 8, address, 0, 0])[1]


def _list(descriptors: Iterable[int]) -> _Shown:
    distinct = tuple(sorted(set(descriptors)))
    shown = ", ".join(map(str, distinct[:_MOST_SHOWN])) + (", …" if len(distinct) > _MOST_SHOWN else "")
    return f"[{shown}], …", distinct


def _int(argument: int) -> int:
    """Convert an argument to the range of the C type int."""
    value = argument & 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value
