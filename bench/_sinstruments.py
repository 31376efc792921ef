"""sinstruments, a simulator of instruments, in a modem's place.

It takes part where it is installed: in this Python, or in the one that the variable ``SINSTRUMENTS_PYTHON`` names
(``pip install sinstruments`` in an environment of its own).
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

__all__ = ["sinstruments"]

_SERVER = """
import os, sys, tty
from sinstruments.simulator import BaseDevice, Server
class Modem(BaseDevice):
    newline = b"\\r"
    def handle_message(self, line):
        return line + b"\\r\\r\\nOK\\r\\n"
folder, count = sys.argv[1:]
names = [f"modem{number}" for number in range(int(count))]
links = [os.path.join(folder, name) for name in names]
server = Server(devices=[
    {"class": "Modem", "package": "__main__", "name": name, "transports": [{"type": "serial", "url": link}]}
    for name, link in zip(names, links)
])
for name in names:
    tty.setraw(server.devices[name].transports[0].slave)
print(*links, sep="\\n", flush=True)
server.serve_forever()
"""


def sinstruments(folder: Path, lines: int = 1) -> list[str] | None:
    """Return the command of a server that answers on serial lines, and prints the path of each; None if there is none.

    Args:
        folder: Where it makes the paths.
        lines: How many.
    """
    python = sys.executable if importlib.util.find_spec("sinstruments") else os.environ.get("SINSTRUMENTS_PYTHON")
    return [python, "-c", _SERVER, str(folder), str(lines)] if python else None
