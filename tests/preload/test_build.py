"""How the library is built at first use, and what is said where it can't be."""

from __future__ import annotations

import platform
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from simisp.errors import PreloadUnavailableError
from simisp.preload import build, library
from simisp.preload.packaged import packaged_name


@pytest.fixture(autouse=True)
def _fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    library.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def _forget_afterwards() -> object:
    yield
    library.cache_clear()


def fails_with() -> str:
    with pytest.raises(PreloadUnavailableError) as caught:
        library()
    reason = str(caught.value)
    assert "\n" not in reason
    assert reason.startswith("real time only: ")
    return reason


def test_a_real_compiler_builds_the_library_into_the_users_cache_and_nobody_else_can_write_it(
    clock_library: Path,
) -> None:
    path = clock_library
    assert path.parent.name == "simisp"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    assert path.read_bytes()[:4] == b"\x7fELF"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.usefixtures("copying_compiler")
def test_the_library_is_built_where_xdg_cache_home_says(tmp_path: Path) -> None:
    path = library()
    assert path.parent == tmp_path / "cache" / "simisp"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.usefixtures("copying_compiler")
def test_a_library_that_is_there_is_not_built_again() -> None:
    before = library().stat()
    library.cache_clear()
    assert library().stat().st_mtime_ns == before.st_mtime_ns


def test_many_at_once_build_one_library(copying_compiler: Path, tmp_path: Path) -> None:
    # None is done with compiling before all have begun.
    (tmp_path / "begun").mkdir()
    wait = f'touch {tmp_path}/begun/$$; until [ "$(ls {tmp_path}/begun | wc -l)" -ge 3 ]; do sleep 0.01; done'
    first, rest = copying_compiler.read_text().split("exit\n", 1)
    copying_compiler.write_text(f"{first}exit\n{wait}\n{rest}")
    code = "from simisp.preload import library; print(library())"
    with ThreadPoolExecutor(3) as pool:
        runs = list(
            pool.map(lambda _: subprocess.check_output([sys.executable, "-c", code], text=True, timeout=60), range(3))
        )
    assert len(set(runs)) == 1
    assert list((tmp_path / "cache" / "simisp").iterdir()) == [Path(runs[0].strip())]


def test_other_sources_or_another_compiler_mean_another_library(
    copying_compiler: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = library().name
    wrapper = shutil.copy(copying_compiler, tmp_path / "other-cc")
    monkeypatch.setenv("CC", str(wrapper))
    library.cache_clear()
    assert library().name != first
    monkeypatch.setattr(build, "FLAGS", (*build.FLAGS, "-DOTHER"))
    library.cache_clear()
    assert library().name != first


@pytest.mark.usefixtures("copying_compiler")
def test_a_library_built_with_the_package_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    packaged = tmp_path / packaged_name()
    build.build_into(packaged)
    monkeypatch.setattr(build, "_HERE", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert library() == packaged


def test_without_a_compiler_the_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert "no C compiler found (cc, gcc, clang)" in fails_with()


def test_a_compiler_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\necho 'a.c:1: fatal error: no such header' >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    assert "fatal error: no such header" in fails_with()
    assert list((tmp_path / "cache" / "simisp").iterdir()) == []


@pytest.mark.parametrize(("says", "quoted"), [("printf 'no\\nlicence\\n' >&2; ", "library: no"), ("", "exit status 7")])
def test_a_compiler_that_names_no_error_is_quoted_in_one_line(
    says: str, quoted: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text(f"#!/bin/sh\n{says}exit 7\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    assert fails_with().endswith(quoted)


@pytest.mark.parametrize("name", ["with space", "with:colon"])
def test_a_path_that_ld_preload_can_not_carry_is_said(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
    assert "a space or a colon" in fails_with()


def test_another_system_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "FreeBSD")
    assert "not FreeBSD on" in fails_with()


def test_another_machine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert "not Linux on riscv64" in fails_with()


def test_a_cache_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "cache" / "simisp"
    directory.mkdir(parents=True)
    directory.chmod(0o777)
    assert "others may write" in fails_with()


@pytest.mark.usefixtures("copying_compiler")
def test_a_library_that_others_may_write_to_is_replaced() -> None:
    path = library()
    path.write_bytes(b"planted")
    path.chmod(0o777)
    library.cache_clear()
    assert library().read_bytes()[:4] == b"\x7fELF"
    assert not path.stat().st_mode & stat.S_IWOTH


def test_a_cache_that_can_not_be_made_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "no place for the clock library" in fails_with()


@pytest.mark.parametrize("compiler", ["gcc", "clang", "musl-gcc", "aarch64-linux-gnu-gcc"])
def test_every_compiler_and_libc_takes_the_sources_without_a_warning(
    compiler: str, objects: Callable[[str], Path]
) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    folder = objects(compiler)
    assert (folder / "said").read_text() == ""
    assert {path.stem for path in folder.glob("*.o")} == {source.stem for source in build.sources()}


def test_the_library_exports_nothing_but_what_it_stands_in_for(clock_library: Path) -> None:
    if shutil.which("nm") is None:
        pytest.skip("nm is not installed")
    said = subprocess.check_output(["nm", "-D", "--defined-only", str(clock_library)], text=True)
    exported = {line.split()[-1] for line in said.splitlines()}
    sources = "".join(path.read_text() for path in build.sources())
    assert exported
    assert {name for name in exported if f"{name}(" not in sources} == set()
    assert not {"shared_page", "participant", "wait_in_run", "real", "ring"} & exported
