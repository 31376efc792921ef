"""The preload library in a wheel: where it is built, what the wheel is called, and that it works once installed."""

from __future__ import annotations

import importlib.util
import os
import pickle
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

from simisp import __version__
from simisp.preload import build
from simisp.preload.packaged import packaged_name
from support.shared_folder import made_once, shared_folder
from support.virtual_line import VirtualLine

hatchling = pytest.importorskip("hatchling", reason="hatchling builds the wheels")

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = f"simisp/preload/{packaged_name()}"
PURE = f"simisp-{__version__}-py3-none-any.whl"
DEPENDENCIES = ("click", "pydantic", "serial_asyncio", "yaml")
T = TypeVar("T")
KNOWING_COMPILER = """#!{python} -IS
import shutil, sys
from pathlib import Path

target, *files = sys.argv[sys.argv.index("-o") + 1 :]
sources = [Path(file) for file in files if file.endswith(".c")]
read = {{path.name: path.read_bytes() for path in [*sources, *sources[0].parent.glob("*.h")]}}
known = {{path.name: path.read_bytes() for path in Path({here!r}).glob("*.[ch]")}}
assert read == known, read.keys() ^ known.keys()
assert sys.argv[1:-len(files) - 2] == {flags!r}
assert files[len(sources):] == {libraries!r}
shutil.copy({library!r}, target)
"""
"""Gives the library under test for the sources and flags of which a real compiler has made it, and fails for others."""
CALL_BACKEND = "import sys, hatchling.build; print(getattr(hatchling.build, sys.argv[1])(sys.argv[2]))"


@dataclass(frozen=True)
class Built:
    """What a build made, what it said, and what it left in the folder for temporary files."""

    path: Path
    said: str
    left: list[Path]

    def names(self) -> set[str]:
        with zipfile.ZipFile(self.path) as wheel:
            return set(wheel.namelist())

    def about(self) -> list[str]:
        with zipfile.ZipFile(self.path) as wheel:
            return wheel.read(f"simisp-{__version__}.dist-info/WHEEL").decode().splitlines()


def built(what: str, source: Path, folder: Path, **environment: str) -> Built:
    """Build as a front end does, by PEP 517 or 660, where hatchling is installed but nothing that simisp needs."""
    absent, temporary = folder / "absent", folder / "temporary"
    for made in (absent, temporary):
        made.mkdir(parents=True)
    for name in DEPENDENCIES:
        (absent / f"{name}.py").write_text("raise ImportError('not in the build environment')\n")
    done = subprocess.run(
        # Neither the current folder nor a development install lends simisp: the hook has to find it.
        [sys.executable, "-S", "-P", "-B", "-c", CALL_BACKEND, f"build_{what}", str(folder)],
        cwd=source,
        env={
            **os.environ,
            "PYTHONPATH": f"{absent}:{Path(hatchling.__file__).parents[1]}",
            "TMPDIR": str(temporary),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Built(folder / done.stdout.split()[-1], done.stderr, list(temporary.iterdir()))


def once(folder: Path, make: Callable[[Path], T]) -> T:
    """Make something in a folder that all workers of this test run have in common, and return what was said of it."""
    told = folder.with_name(f"{folder.name}.told")
    with made_once(told) as is_wanted:
        if is_wanted:
            shutil.rmtree(folder, ignore_errors=True)  # left half made by a worker that failed
            folder.mkdir()
            told.write_bytes(pickle.dumps(make(folder)))
    made: T = pickle.loads(told.read_bytes())
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(shared_folder(tmp_path_factory) / "sdist", lambda folder: built("sdist", ROOT, folder).path)


@pytest.fixture(scope="module")
def source(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution: every wheel here is built from it."""

    def unpacked(folder: Path) -> Path:
        with tarfile.open(sdist) as archive:
            archive.extractall(folder)
        return folder / f"simisp-{__version__}"

    return once(shared_folder(tmp_path_factory) / "source", unpacked)


@pytest.fixture(scope="module")
def compiler(clock_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiler that does not take the time again that the library under test has taken."""
    script = tmp_path_factory.mktemp("compiler") / "cc"
    script.write_text(
        KNOWING_COMPILER.format(
            python=sys.executable,
            here=str(build._HERE),
            flags=list(build.FLAGS),
            libraries=list(build._LIBRARIES),
            library=str(clock_library),
        )
    )
    script.chmod(0o755)
    return script


@pytest.fixture(scope="module")
def wheel(source: Path, compiler: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = shared_folder(tmp_path_factory) / "wheel"
    return once(folder, lambda folder: built("wheel", source, folder, CC=str(compiler)))


def test_the_source_distribution_has_what_the_wheel_is_built_from(source: Path) -> None:
    assert (source / "hatch_build.py").is_file()
    folder = source / "simisp" / "preload"
    assert {path.name for path in folder.iterdir()} >= {
        path.name for pattern in ("*.c", "*.h", "*.py") for path in build._HERE.glob(pattern)
    }
    assert list(source.rglob("*.so")) == []


def test_the_wheel_brings_the_library_and_the_sources_for_where_it_does_not_fit(wheel: Built) -> None:
    assert wheel.said == ""
    assert {name for name in wheel.names() if name.endswith(".so")} == {LIBRARY}
    assert {f"simisp/preload/{path.name}" for path in build._HERE.glob("*.[ch]")} <= wheel.names()


def test_the_wheel_is_for_every_python_3_on_this_platform_and_installers_take_it(wheel: Built) -> None:
    *_, tags = parse_wheel_filename(wheel.path.name)
    (tag,) = tags
    assert (tag.interpreter, tag.abi) == ("py3", "none")
    assert tag.platform.startswith("linux_")
    assert tag in set(sys_tags())
    assert f"Tag: {tag}" in wheel.about()
    assert "Root-Is-Purelib: false" in wheel.about()


def test_a_build_leaves_nothing_behind(wheel: Built, sdist: Path, source: Path) -> None:
    assert wheel.left == []
    with tarfile.open(sdist) as archive:
        shipped = {Path(name) for name in archive.getnames()}
    assert {path.relative_to(source.parent) for path in source.rglob("*") if path.is_file()} == shipped


@pytest.fixture(scope="module")
def installed(wheel: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new virtual environment with the wheel in it; its dependencies are those of this Python."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("pip is not installed")
    return once(shared_folder(tmp_path_factory) / "installed", lambda folder: _installed(wheel, folder))


def _installed(wheel: Built, folder: Path) -> Path:
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-index", "--no-deps", "--no-compile", str(wheel.path)], check=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    # A .pth file names a folder; what is there as .pth itself, such as a development install, does not count.
    (packages / "dependencies.pth").write_text(f"{Path(hatchling.__file__).parents[1]}\n")
    return folder / "bin"


def outside(installed: Path, folder: Path, *command: str) -> str:
    """Return what a program of the environment prints, called in a folder that is not in the source tree."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SIMISP"))}
    done = subprocess.run(
        [str(installed / command[0]), *command[1:]], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_installed_wheels_library_makes_an_hour_pass_in_no_time(installed: Path) -> None:
    (packages,) = (installed.parent / "lib").glob("python*/site-packages")
    found = subprocess.check_output(
        [sys.executable, "-S", "-P", "-B", "-c", "from simisp.preload import library; print(library())"],
        env={"PYTHONPATH": str(packages), "CC": "/nowhere"},
        text=True,
    )
    assert found.strip() == str(packages / LIBRARY)
    with VirtualLine(library=packages / LIBRARY) as line:
        outcome = line.run(["sleep", "3600"], on_line=False)
    assert outcome.status == 0
    assert outcome.seconds == pytest.approx(3600.0)


def test_an_installed_wheel_plays_a_bundled_scenario_from_outside_the_tree(installed: Path, tmp_path: Path) -> None:
    where = outside(installed, tmp_path, "python", "-c", "import simisp; print(simisp.__file__)").strip()
    assert Path(where).is_relative_to(installed.parent)
    assert outside(installed, tmp_path, "simisp", "--version").split()[-1] == __version__
    assert "login.yaml" in outside(installed, tmp_path, "simisp", "list")
    assert "urc-as-value.yaml" in outside(installed, tmp_path, "simisp", "list", "--public", "TinyGSM")
    # Raw, for a port that echoes what the ISP says answers it, before or after the dialler does.
    dialler = "stty raw -echo; for said in ATDT1 p alice wonderland; do printf '%s\\r' $said; sleep 2; done"
    command = ["run", "login", "--clock", "virtual", "--quiet", "--", "sh", "-c", dialler]
    said = outside(installed, tmp_path, "simisp", *command)
    assert said.startswith("released: ")
    assert (installed.parent / "share" / "man" / "man1" / "simisp.1").is_file()


def test_an_installed_wheel_brings_the_fixture_that_the_first_test_uses(installed: Path, tmp_path: Path) -> None:
    outside(installed, tmp_path, "simisp", "init")
    said = outside(installed, tmp_path, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_login.py")
    assert "1 passed" in said


def test_the_extras_are_named_in_the_wheel(wheel: Built) -> None:
    with zipfile.ZipFile(wheel.path) as archive:
        about = archive.read(f"simisp-{__version__}.dist-info/METADATA").decode()
    for extra, needed in (("mail", "aiosmtpd"), ("ppp", "pycryptodome")):
        assert f"Provides-Extra: {extra}\n" in about
        assert re.search(f"^Requires-Dist: {needed}>=.*; extra == '{extra}'$", about, re.MULTILINE)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("/nowhere", "no C compiler found (/nowhere)"),
        ("false", "can't build the clock library: exit status 1"),
    ],
)
def test_without_a_compiler_that_works_the_wheel_is_pure_and_one_line_says_why(
    broken: str, reason: str, source: Path, tmp_path: Path
) -> None:
    pure = built("wheel", source, tmp_path, CC=broken)
    assert pure.path.name == PURE
    assert "Root-Is-Purelib: true" in pure.about()
    assert not any(name.endswith(".so") for name in pure.names())
    (line,) = pure.said.splitlines()
    assert line.startswith("a pure wheel, without the clock library: ")
    assert reason in line
    assert pure.left == []


def test_an_editable_install_builds_nothing(source: Path, tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text(f"#!/bin/sh\ntouch {tmp_path}/called\n")
    compiler.chmod(0o755)
    editable = built("editable", source, tmp_path / "built", CC=str(compiler))
    assert editable.path.name == PURE
    assert editable.said == ""
    assert not any(name.endswith(".so") for name in editable.names())
    assert not (tmp_path / "called").exists()
