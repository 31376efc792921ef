"""How much memory a waiting `simisp run` holds."""

from __future__ import annotations

import subprocess
import sys

from bench._figures import resident_memory, show


def main() -> None:
    """Start one and look."""
    command = [sys.executable, "-m", "simisp", "run", "login", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "simisp run has ended"
        held = resident_memory(process.pid) / 2**20
    finally:
        process.terminate()
        process.communicate()
    show("resident memory of a waiting simisp run", f"{held:.1f} MiB", "under 40 MiB", met=held < 40)
