"""The library under another libc, and on another machine, where their tools are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from simisp.preload import build
from support.virtual_line import VirtualLine

HERE = Path(__file__).parent
WAYS = ["pipe", "slave", "master", "echo", "interrupt", "stdio", "signal", "exit", "condition", "semaphore"]
ARM_ROOT = "/usr/aarch64-linux-gnu"


def built(folder: Path, compiler: str) -> tuple[Path, Path]:
    """Return the library and the program that tries to be passed over, or skip."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    library, program = folder / "clock.so", folder / "late"
    build.build_into(library, compiler=shutil.which(compiler))
    command = [compiler, "-O1", "-w", "-o", str(program), str(HERE / "late.c"), "-lpthread"]
    subprocess.run([*command, *([] if "musl" in compiler else ["-lutil"])], check=True)
    return library, program


@pytest.fixture(scope="module")
def musl(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return built(tmp_path_factory.mktemp("musl"), "musl-gcc")


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("qemu-aarch64") is None:
        pytest.skip("qemu-aarch64 is not installed")
    return built(tmp_path_factory.mktemp("arm"), "aarch64-linux-gnu-gcc")


@pytest.mark.parametrize("way", WAYS)
def test_with_musl_nothing_is_passed_over(musl: tuple[Path, Path], way: str) -> None:
    library, program = musl
    with VirtualLine(library=library) as line:
        outcome = line.run([str(program), way, "30"], on_line=False)
    assert (outcome.status, outcome.output) == (0, b"")


@pytest.mark.parametrize("way", WAYS)
def test_on_arm_nothing_is_passed_over(arm: tuple[Path, Path], way: str) -> None:
    library, program = arm
    with VirtualLine() as line:
        guest = line.page.environment(library, {})
        settings = [part for name, value in guest.items() for part in ("-E", f"{name}={value}")]
        child = subprocess.Popen(
            ["qemu-aarch64", "-L", ARM_ROOT, *settings, str(program), way, "30"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ},
        )
        outcome = line.attend(child)
    assert (outcome.status, outcome.output) == (0, b"")
