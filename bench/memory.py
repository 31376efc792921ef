"""How much memory a waiting `simisp run` holds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from bench._figures import as_installed, resident_memory, show


def main() -> None:
    """Start one and look."""
    with as_installed() as environment:
        _held(environment)  # compiles the modules, which takes memory of its own
        held = _held(environment) / 2**20
    show("resident memory of a waiting simisp run", f"{held:.1f} MiB", "under 40 MiB", met=held < 40)


def _held(environment: Mapping[str, str]) -> int:
    """Return the octets that a process holds as soon as its port is there."""
    command = [sys.executable, "-m", "simisp", "run", "login", "--quiet"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(environment)
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "simisp run has ended"
        return resident_memory(process.pid)
    finally:
        process.terminate()
        process.communicate()
