"""Writes the table of ways of waiting in docs/virtual-time.md, by waiting in each.

Run it from the top of the repository after a change that is meant, and read what it changed:
``python -m tests.preload.write_ways``. With names of ways it waits in those alone, and leaves the other rows as they
are.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from simisp.preload import library
from simisp.shared_time.clock_page import ClockMode
from support.c_programs import compiled
from support.ways_of_waiting import Row, Way, in_the_documents, play, played_together, ways, write_table


def main(named: list[str]) -> None:
    """Wait in the ways that were named, or else in all, and write the table."""
    with tempfile.TemporaryDirectory(prefix="simisp-ways-") as folder:
        program = compiled("ways.c", Path(folder))
        names = ways(program)
        library()  # what building it takes is no part of a wait
        rows = in_the_documents() if named else {}
        scaled = played_together(program, named or names, ClockMode.SCALED)
        for name in named or names:
            played = play(program, name)
            print(f"{name}: {played.way.value}", file=sys.stderr)
            if played.way is not Way.NOT_HERE:
                rows[name] = Row(name, played.way, scaled[name] == 0, played.why)
    write_table(rows[name] for name in names if name in rows)


if __name__ == "__main__":
    main(sys.argv[1:])
