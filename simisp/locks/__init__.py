"""Locks of serial ports as dialling programs use them among themselves: UUCP lock files, flock and TIOCEXCL."""

from simisp.locks.holders import FlockFound, find_locks, flocks_on
from simisp.locks.inspection import LockFound, inspect_lock
from simisp.locks.leftovers import Leftovers
from simisp.locks.lock_file import LockFile
from simisp.locks.names import LOCK_DIRECTORIES, lock_directories, lock_names
from simisp.locks.placed import PlacedLocks
from simisp.locks.port_lock import PortLock
from simisp.locks.terminal import clear_exclusive, is_exclusive
from simisp.procfs.descriptors import Descriptor, descriptors_on
from simisp.procfs.device import PortDevice

__all__ = [
    "LOCK_DIRECTORIES",
    "Descriptor",
    "FlockFound",
    "Leftovers",
    "LockFile",
    "LockFound",
    "PlacedLocks",
    "PortDevice",
    "PortLock",
    "clear_exclusive",
    "descriptors_on",
    "find_locks",
    "flocks_on",
    "inspect_lock",
    "is_exclusive",
    "lock_directories",
    "lock_names",
]
