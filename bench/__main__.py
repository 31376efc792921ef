"""Run every bench, or those named on the command line."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench


def main() -> None:
    """Run the benches by name, all of them without one."""
    known = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    wanted = sys.argv[1:] or known
    for name in wanted:
        if name not in known:
            sys.exit(f"no bench {name!r}; known: {', '.join(known)}")
        print(f"\n== {name} ==", flush=True)
        importlib.import_module(f"bench.{name}").main()


main()
