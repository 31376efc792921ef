"""Writes the table of programs in docs/virtual-time.md, by dialling with each.

Run it from the top of the repository, as root and with all programs installed (``make runners``), after a change that
is meant, and read what it changed: ``python -m tests.preload.write_programs``. A program that is not there gets no row,
which the tests then miss.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["PATH"] += ":/usr/sbin:/sbin:/usr/lib/uucp"

from support.dialling_programs import PROGRAMS
from support.programs_table import write_table
from support.time_sharing import measured


def main() -> None:
    """Dial, and write the table."""
    found = []
    for program in PROGRAMS:
        if missing := [name for name in program.needs if shutil.which(name) is None]:
            print(f"{program.name}: left out, for {missing[0]} is not installed", file=sys.stderr)
            continue
        found.append((program, measured(program)))
        print(f"{program.name}: {found[-1][1].way.value}", file=sys.stderr)
    write_table(found)


if __name__ == "__main__":
    main()
