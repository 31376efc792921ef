"""The clock library, built once for a test run into a cache of its own, and programs written for its tests."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simisp.errors import PreloadUnavailableError
from simisp.preload import library
from simisp.preload.build import FLAGS, sources
from support.c_programs import compiled
from support.shared_folder import made_once, shared_folder


@pytest.fixture(scope="module", autouse=True)
def clock_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The library under test. Without a compiler there is nothing to test here.

    For no longer than a module: what tests elsewhere have in the user's cache must not depend on what ran before them.
    """
    with pytest.MonkeyPatch.context() as patch:
        cache = shared_folder(tmp_path_factory) / "cache"
        patch.setenv("XDG_CACHE_HOME", str(cache))
        library.cache_clear()
        try:
            with made_once(cache):
                built = library()
            yield built
        except PreloadUnavailableError as reason:
            pytest.skip(str(reason))
        finally:
            library.cache_clear()


@pytest.fixture(scope="session")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Compiles the library's sources with a compiler, once for all workers.

    Gives a folder with an object file for each, and with what the compiler has said in ``said``.
    """

    def made(compiler: str) -> Path:
        path = Path(shutil.which(compiler) or compiler).resolve()
        folder = shared_folder(tmp_path_factory) / f"objects-{path.name}"
        with made_once(folder) as is_wanted:
            if is_wanted:
                unfinished = tmp_path_factory.mktemp("objects")
                options = [flag for flag in FLAGS if flag != "-shared"]
                with (unfinished / "said").open("w") as said:
                    subprocess.run([path, *options, "-c", *sources()], cwd=unfinished, stderr=said, check=False)
                unfinished.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that makes random calls."""
    return compiled("calls.c", tmp_path_factory.mktemp("calls"))


@pytest.fixture
def copying_compiler(clock_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes ``CC`` a compiler that has done its work: it gives the library under test, which a real one has made.

    For tests of what goes on around the compiler, of which each would compile the same sources again.
    """
    compiler = tmp_path / "copying-cc"
    compiler.write_text(
        '#!/bin/sh\n[ "$1" = -v ] && exit\n'
        f'while [ "$1" != -o ]; do shift; done\nexec cp {shlex.quote(str(clock_library))} "$2"\n'
    )
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    return compiler
