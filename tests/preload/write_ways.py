"""Writes the table of ways of waiting in docs/virtual-time.md, by waiting in each.

Run it from the top of the repository after a change that is meant, and read what it changed:
``python -m tests.preload.write_ways``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from preload_programs import compiled
from simisp.runtime.clock_page import ClockMode
from waiting_ways import Row, Way, play, played_together, ways, write_table


def main() -> None:
    """Wait, and write the table."""
    with tempfile.TemporaryDirectory(prefix="simisp-ways-") as folder:
        program = compiled("ways.c", Path(folder))
        names = ways(program)
        scaled = played_together(program, names, ClockMode.SCALED)
        rows = []
        for name in names:
            played = play(program, name)
            print(f"{name}: {played.way.value}", file=sys.stderr)
            if played.way is Way.NOT_HERE:
                continue
            rows.append(Row(name, played.way, scaled[name] == 0, played.why))
    write_table(rows)


if __name__ == "__main__":
    main()
