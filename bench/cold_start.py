"""How long `simisp check login.yaml` takes from nothing, beside the bare imports that any such tool has."""

from __future__ import annotations

import sys
from pathlib import Path

from bench._figures import median_wall, show, wall_times

_ROUNDS = 15


def main() -> None:
    """Measure each pair in turn."""
    check = [str(Path(sys.executable).with_name("simisp")), "check", "login.yaml"]
    imports = [sys.executable, "-c", "import asyncio, yaml"]
    wall_times([check, imports], 2)  # warm the file cache
    ours, bare = (median_wall(times) for times in wall_times([check, imports], _ROUNDS))
    show("simisp check login.yaml, cold start", f"{ours * 1000:.0f} ms", "under 150 ms", met=ours < 0.150)
    ratio = ours / bare
    what = f"  to python -c 'import asyncio, yaml' ({bare * 1000:.0f} ms)"
    show(what, f"{ratio:.2f}", "under 2.5", met=ratio < 2.5)
    without, having = (median_wall(times) for times in wall_times([_pytest(), _pytest(plugin=True)], _ROUNDS))
    added = (having - without) * 1000
    show("the plugin adds to a pytest that does not use it", f"{added:.0f} ms", "under 20 ms", met=added < 20)


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
