"""Access to a port: the owner, the group and the mode of its node, as udev sets them for a serial port."""

from __future__ import annotations

import grp
import os
import pwd
from dataclasses import dataclass

from simisp.errors import EndpointError

__all__ = ["PortAccess"]

_ALL_BITS = 0o777


@dataclass(frozen=True, slots=True)
class PortAccess:
    """Owner, group and mode of a port's node.

    Attributes:
        mode: The permission bits; those of a private port by default.
        owner: A user's name or number; None for the user that runs the simulator.
        group: A group's name or number; None for the group that the kernel assigned.

    Example:
        >>> PortAccess(mode=0o660).is_private, PortAccess().is_private
        (False, True)
    """

    mode: int = 0o600
    owner: str | None = None
    group: str | None = None

    @property
    def is_private(self) -> bool:
        """Whether only the owner has access to the port."""
        return self.owner is None and self.group is None and not self.mode & 0o077

    def grant(self, node: int | str, path: str) -> None:
        """Set them on a port.

        Args:
            node: A descriptor that is open on the port's node, or the node's path where that can't be, as with a
                socket.
            path: The node, for error messages.

        Raises:
            EndpointError: There is no such user or group, the mode is invalid, or this process may not change the
                owner.
        """
        self._check_mode(path)
        owner = -1 if self.owner is None else _number(self.owner, "user", path)
        group = -1 if self.group is None else _number(self.group, "group", path)
        try:
            if owner >= 0 or group >= 0:
                _change_owner(node, owner, group)
            os.chmod(node, self.mode)  # noqa: PTH101 - a descriptor or a path
        except OSError as error:
            raise EndpointError(
                f"the port's owner can't be changed ({error.strerror})", path=path, errno=error.errno,
                remedy="only root may give it to another user; a user may give it to his own groups",
            ) from error  # fmt: skip

    def check_abstract(self, path: str) -> None:
        """Check that an abstract socket, which has no node, can have this access: its mode alone says who is let in.

        Raises:
            EndpointError: There is an owner or a group, or the mode is invalid.
        """
        self._check_mode(path)
        if self.owner is not None or self.group is not None:
            raise EndpointError(
                "an abstract socket has no owner and no group", path=path,
                remedy="name a file, or let every user in with a mode such as 666",
            )  # fmt: skip

    def _check_mode(self, path: str) -> None:
        if not 0 <= self.mode <= _ALL_BITS:
            raise EndpointError(f"{self.mode:o} is not a mode", path=path, remedy="three octal digits, such as 660")


def _change_owner(node: int | str, owner: int, group: int) -> None:
    if isinstance(node, int):
        os.fchown(node, owner, group)
    else:
        os.chown(node, owner, group)


def _number(name: str, kind: str, path: str) -> int:
    """Return a user's or a group's number."""
    try:
        if name.isascii() and name.isdigit() and int(name) < 2**32 - 1:
            return int(name)
        return pwd.getpwnam(name).pw_uid if kind == "user" else grp.getgrnam(name).gr_gid
    except (KeyError, ValueError):
        raise EndpointError(f"there is no {kind} {name!r}", path=path, remedy=f"name a {kind} of this system") from None
