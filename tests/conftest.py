"""What every test has: a runtime folder of its own, and real programs that it can ask for."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.collection_order import collect_from_own_place, part_of
from support.shared_folder import SHARED_FOLDER, shared_folder

_ALSO_SEARCHED = ("/usr/sbin", "/sbin", "/usr/lib/uucp")


# What Python compiles is kept, whatever the environment says, as `make test` has it: else each worker of each run
# compiles all tests again, eight of the twelve seconds that it takes to collect them. Workers have the environment.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell that starts something in the background has it ignore these, and all that it starts inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

_YOUNG, _MIDDLE, _OLD = 10_000, 10, 10
"""How much a worker makes before it looks for garbage: with Python's own 700 that takes a twentieth of the run."""

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect without looking for garbage, leave what was collected out of every later look, and look seldom.

    Ten thousand tests and all that they import stay to the end: there is nothing to find in them.
    """
    collect_from_own_place(session.config)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests into the order of their folders, but let the longest start first.

    One that starts last keeps a single processor busy in the end.
    """
    items.sort(key=lambda item: (item.get_closest_marker("starts_first") is None, part_of(item)))


@pytest.fixture(autouse=True, scope="session")
def _own_runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep ports and their links out of the user's own folder, and whoever runs the tests from choosing colours."""
    folder = tmp_path_factory.mktemp("runtime")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        shared = shared_folder(tmp_path_factory)
        patch.setenv(SHARED_FOLDER, str(shared))
        patch.setenv("PATH", os.pathsep.join([os.environ.get("PATH", ""), *_ALSO_SEARCHED]))
        for variable in ("NO_COLOR", "FORCE_COLOR"):
            patch.delenv(variable, raising=False)
        yield


@pytest.fixture
def lock_directory(tmp_path: Path) -> Path:
    """A lock directory of the test's own."""
    folder = tmp_path / "locks"
    folder.mkdir()
    return folder


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Three workers more than there are processors: tests that wait in real time leave theirs to another.

    With two more, an eighth of two processors' time is left over; with four more, each takes longer.
    """
    return len(os.sched_getaffinity(0)) + 3


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose real program is not installed; under ``CI=true`` that is a failure."""
    for mark in item.iter_markers("runner"):
        for program in mark.args:
            if _find(program) is None:
                reason = f"{program} is not installed (as root with apt, `make runners` installs it)"
                if os.environ.get("CI") == "true":
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)


def _find(program: str) -> str | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), *_ALSO_SEARCHED, str(Path(sys.executable).parent)])
    return shutil.which(program, path=path)
