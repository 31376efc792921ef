"""Which library that came with the package is used, and what is used in place of one that can't be."""

from __future__ import annotations

import os
import platform
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.errors import PreloadUnavailableError
from simisp.preload import build, library, packaged
from simisp.preload.elf import MACHINES

BROUGHT_NONE = "the package brought no clock library"


def shared_object(
    path: Path, *versions: str, machine: int = MACHINES[platform.machine()], ident: bytes = b"\x7fELF\2\1"
) -> Path:
    """A library's header and what its string table says of the symbols that it needs."""
    header = ident + bytes(10) + struct.pack("<HH", 3, machine) + bytes(44)
    path.write_bytes(header + b"\0" + b"".join(version.encode() + b"\0" for version in versions))
    return path


@pytest.fixture
def _glibc_2_36(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "confstr", lambda name: "glibc 2.36")


@pytest.fixture(params=[OSError(22, "Invalid argument"), ValueError("unrecognized configuration name"), None, ""])
def _no_glibc(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def confstr(name: str) -> object:
        if isinstance(request.param, Exception):
            raise request.param
        return request.param

    monkeypatch.setattr(os, "confstr", confstr)


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the package's own library belongs; the package has the sources too, as an installed one does."""
    package = tmp_path / "package"
    shutil.copytree(build._HERE, package, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(build, "_HERE", package)
    monkeypatch.setattr(build, "sources", lambda: sorted(package.glob("*.c")))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    library.cache_clear()
    yield package / packaged.packaged_name()
    library.cache_clear()


def test_what_the_compiler_here_makes_fits_here(clock_library: Path) -> None:
    assert packaged.why_unfit(clock_library) == ""


@pytest.mark.usefixtures("_glibc_2_36")
@pytest.mark.parametrize("newest", ["GLIBC_2.2.5", "GLIBC_2.9", "GLIBC_2.36", "GLIBC_ABI_DT_RELR"])
def test_a_library_for_this_glibc_or_an_older_one_fits(newest: str, tmp_path: Path) -> None:
    assert packaged.why_unfit(shared_object(tmp_path / "x.so", "libc.so.6", "GLIBC_2.2.5", newest)) == ""


@pytest.mark.usefixtures("_glibc_2_36")
@pytest.mark.parametrize("newest", ["2.37", "2.100", "3.0", "2.36.1", "PRIVATE", "ABI_OF_TOMORROW"])
def test_a_library_for_a_newer_glibc_does_not_fit_and_says_what_it_needs(newest: str, tmp_path: Path) -> None:
    path = shared_object(tmp_path / "x.so", "GLIBC_2.9", f"GLIBC_{newest}", "GLIBC_2.34")
    assert packaged.why_unfit(path) == f"the package's clock library needs GLIBC_{newest}, and here is 2.36"


@pytest.mark.usefixtures("_glibc_2_36")
def test_a_library_for_musl_does_not_fit_glibc(tmp_path: Path) -> None:
    assert "for another libc" in packaged.why_unfit(shared_object(tmp_path / "x.so", "libc.so"))


@pytest.mark.usefixtures("_no_glibc")
def test_a_library_for_glibc_does_not_fit_musl_and_one_for_musl_does(tmp_path: Path) -> None:
    assert "for another libc" in packaged.why_unfit(shared_object(tmp_path / "x.so", "libc.so.6", "GLIBC_2.2.5"))
    assert packaged.why_unfit(shared_object(tmp_path / "x.so", "libc.so")) == ""


@pytest.mark.parametrize(
    "change", [{"machine": 8}, {"ident": b"\x7fELF\1\1"}, {"ident": b"\x7fELF\2\2"}, {"ident": b"MZ\0\0\2\1"}]
)
def test_a_library_for_another_machine_does_not_fit(change: dict[str, object], tmp_path: Path) -> None:
    path = shared_object(tmp_path / "x.so", "GLIBC_2.2.5", **change)  # type: ignore[arg-type]
    assert "not for this machine" in packaged.why_unfit(path)


@pytest.mark.parametrize("kept", [0, 5, 63])
def test_a_library_cut_short_does_not_fit(kept: int, clock_library: Path, tmp_path: Path) -> None:
    (tmp_path / "x.so").write_bytes(clock_library.read_bytes()[:kept])
    assert "not for this machine" in packaged.why_unfit(tmp_path / "x.so")


def test_a_library_that_is_missing_or_can_not_be_read_is_told_apart(tmp_path: Path) -> None:
    assert packaged.why_unfit(tmp_path / "x.so") == BROUGHT_NONE
    assert packaged.why_unfit(tmp_path) == "the package's clock library can't be read (Is a directory)"


@pytest.mark.parametrize(("compiler", "reason"), [("musl-gcc", "libc"), ("aarch64-linux-gnu-gcc", "machine")])
def test_what_a_real_compiler_makes_for_elsewhere_does_not_fit(compiler: str, reason: str, tmp_path: Path) -> None:
    found = shutil.which(compiler)
    if found is None or compiler.startswith(platform.machine()):
        pytest.skip(f"{compiler} is not installed, or makes what fits here")
    build.build_into(tmp_path / "x.so", compiler=found)
    assert reason in packaged.why_unfit(tmp_path / "x.so")


@pytest.mark.usefixtures("copying_compiler")
def test_in_place_of_one_that_does_not_fit_another_is_built(brought: Path, tmp_path: Path) -> None:
    shared_object(brought, machine=8)
    assert library().parent == tmp_path / "cache" / "simisp"
    assert packaged.why_unfit(library()) == ""


@pytest.mark.usefixtures("copying_compiler")
def test_in_place_of_one_that_ld_preload_can_not_carry_another_is_built(
    brought: Path, clock_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(clock_library, brought)
    monkeypatch.setattr(build, "_HERE", brought.parent.rename(tmp_path / "site packages"))
    monkeypatch.setattr(build, "sources", lambda: sorted((tmp_path / "site packages").glob("*.c")))
    assert library().parent == tmp_path / "cache" / "simisp"


def test_without_a_compiler_both_reasons_are_said_in_one_line(brought: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/nowhere")
    shared_object(brought, "GLIBC_9.9")
    monkeypatch.setattr(os, "confstr", lambda name: "glibc 2.36")
    with pytest.raises(PreloadUnavailableError) as caught:
        library()
    assert str(caught.value) == (
        "real time only: no C compiler found (/nowhere), "
        "and the package's clock library needs GLIBC_9.9, and here is 2.36"
    )


def test_without_a_compiler_and_without_a_library_that_is_said(brought: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "/nowhere")
    with pytest.raises(PreloadUnavailableError) as caught:
        library()
    assert not brought.exists()
    assert caught.value.reason == f"no C compiler found (/nowhere), and {BROUGHT_NONE}"


@pytest.mark.usefixtures("copying_compiler")
def test_a_wheels_library_is_built_under_the_name_that_it_is_found_by(tmp_path: Path) -> None:
    folder = tmp_path / "built"
    folder.mkdir()
    path = build.build_packaged(folder)
    assert path == folder / packaged.packaged_name()
    assert list(folder.iterdir()) == [path]


@pytest.mark.usefixtures("copying_compiler")
def test_a_wheel_brings_no_library_that_does_not_fit_where_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "confstr", lambda name: "glibc 2.1")
    with pytest.raises(PreloadUnavailableError, match=r"what \S+ makes is not for this system"):
        build.build_packaged(tmp_path)


@pytest.mark.parametrize(("function", "name"), [("machine", "riscv64"), ("system", "Darwin")])
def test_no_wheels_library_is_built_for_a_system_that_the_sources_do_not_know(
    function: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, function, lambda: name)
    with pytest.raises(PreloadUnavailableError, match=name):
        build.build_packaged(tmp_path)
    assert list(tmp_path.iterdir()) == []
