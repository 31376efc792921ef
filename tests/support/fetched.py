"""What the set-up fetches and builds for the tests of PPP, once for this user: see ``tests/install-runners``."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

__all__ = ["build_of_fetched"]

_SCRIPTS = Path(__file__).parents[1] / "pppd"


@cache
def build_of_fetched(fetched: str, built: str) -> tuple[Path, Path]:
    """Return the folder of what was fetched and that of what is built of it, which is made up to date first.

    Where it was not fetched, or can't be built, the test that calls this is skipped with the reason; under ``CI=true``
    it fails.

    Args:
        fetched: The name of the folder that ``tests/pppd/fetch`` makes.
        built: The name of the folder with the script that builds it, and of what that makes.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "simisp-tests"
    source, target = cache / fetched, cache / built
    if not source.is_dir():
        _give_up(f"there is no {source} (as root with apt, `make runners` fetches it{_last_words(cache / 'log')})")
    done = subprocess.run([_SCRIPTS / built / "build", source, target], capture_output=True, text=True, check=False)
    if done.returncode:
        _give_up(f"{target} can't be built: {done.stderr.strip()[-300:]}")
    return source, target


def _last_words(log: Path) -> str:
    """Return how the last attempt to fetch it went."""
    said = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"; the last time: {said[-1]}" if said else ""


def _give_up(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
