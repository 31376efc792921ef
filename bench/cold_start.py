"""How long `simisp check login.yaml` takes from nothing, beside the bare imports that any such tool has.

How a Python was built decides a quarter of it, so the system's is measured besides.

The goals in milliseconds are held against the quickest of the rounds: whatever others do on the machine at the same
time only adds to them. The ratio is that of the medians, for both sides bear the same, and what the plugin adds is the
median of what it adds in each round.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from bench._figures import as_installed, median_wall, pythons, show, wall_times

_ROUNDS = 15


def main() -> None:
    """Measure each pair in turn."""
    with as_installed() as environment:
        for name, python in pythons().items():
            _measure_start(name, python, environment)
        starts = [_pytest(), _pytest(plugin=True)]
        wall_times(starts, 1, environment)
        # The two of a round have the same machine; the quickest of each may not.
        without, having = wall_times(starts, 2 * _ROUNDS, environment)
    added = median_wall([one - other for one, other in zip(having, without, strict=True)]) * 1000
    show("the plugin adds to a pytest that does not use it", f"{added:.0f} ms", "under 20 ms", met=added < 20)


def _measure_start(name: str, python: list[str], environment: Mapping[str, str]) -> None:
    # What the installed command does, for it knows one Python only.
    check = [*python, "-c", "from simisp.__main__ import main; main()", "check", "login.yaml"]
    imports = [*python, "-c", "import asyncio, yaml"]
    wall_times([check, imports], 2, environment)  # warm the file cache, and write what Python compiles
    checks, bares = wall_times([check, imports], _ROUNDS, environment)
    best, ours, bare = min(checks), median_wall(checks), median_wall(bares)
    figure = f"{best * 1000:.0f} ms, p50 {ours * 1000:.0f} ms"
    show(f"simisp check login.yaml, {name}", figure, "under 150 ms", met=best < 0.150)
    ratio = ours / bare
    what = f"  to python -c 'import asyncio, yaml' ({bare * 1000:.0f} ms)"
    show(what, f"{ratio:.2f}", "under 2.5", met=ratio < 2.5)


def _pytest(*, plugin: bool = False) -> list[str]:
    """Return a start of pytest with our plugin alone, or with none."""
    extra = ", '-p', 'simisp.pytest_plugin'" if plugin else ""
    program = (
        "import os, pytest\n"
        "os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'\n"
        f"pytest.main(['-q', '--collect-only', '-p', 'no:cacheprovider', '-c', os.devnull, '--rootdir=/'{extra}, "
        "'--ignore-glob=*', os.devnull])\n"
    )
    return [sys.executable, "-c", program]
