"""Real programs in a mount namespace of their own, so that their locks never meet those of the machine."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

__all__ = ["in_private_namespace", "needs_private_namespace"]

_SCRIPT = Path(__file__).with_name("private_namespace.sh")


def in_private_namespace(command: Sequence[str], *, locks: Path, scratch: Path) -> list[str]:
    """Return the command that runs ``command`` with ``locks`` as /run/lock and a null device as /dev/ppp.

    The namespace ends with its last process. The process that is started becomes the command itself.

    Args:
        command: The program and its arguments.
        locks: The directory that the program finds at /run/lock and /var/lock.
        scratch: A directory in which one can be made for the private /dev to be mounted on.
    """
    devices = scratch / "private-dev"
    devices.mkdir(exist_ok=True)
    return [str(_SCRIPT), str(locks), str(devices), *command]


@functools.cache
def _obstacle() -> str:
    """Return why there can be no private namespace here; empty when there can."""
    if os.geteuid() != 0:
        return "a private mount namespace needs root"
    if shutil.which("unshare") is None:
        return "a private mount namespace needs unshare, of util-linux"
    trial = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "true"], capture_output=True, text=True, check=False
    )
    return f"a private mount namespace is refused: {trial.stderr.strip()}" if trial.returncode else ""


def needs_private_namespace() -> None:
    """Skip the test that calls this, with the reason, where there can be no private mount namespace."""
    if obstacle := _obstacle():
        pytest.skip(obstacle)
