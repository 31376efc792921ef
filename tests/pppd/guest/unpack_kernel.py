"""Takes the kernel out of its compressed image: unpack_kernel.py VMLINUZ VMLINUX."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PACKERS = (
    (b"\xfd7zXZ\x00", ["xz", "-dc", "--single-stream"]),
    (b"\x28\xb5\x2f\xfd", ["zstd", "-dc"]),
    (b"\x1f\x8b\x08", ["gzip", "-dc"]),
)
_ELF = b"\x7fELF"


def unpacked(image: bytes) -> bytes | None:
    """Return the kernel in an image, whichever of the usual programs packed it; None if there is none."""
    for magic, command in _PACKERS:
        start = image.find(magic)
        while start >= 0:
            # What follows the kernel in the image makes the program complain, after it has written the kernel.
            found = subprocess.run(command, input=image[start:], capture_output=True, check=False).stdout
            if found.startswith(_ELF):
                return found
            start = image.find(magic, start + 1)
    return None


def main() -> None:
    """Write the kernel."""
    source, target = map(Path, sys.argv[1:])
    kernel = unpacked(source.read_bytes())
    if kernel is None:
        sys.exit(f"no kernel in {source}")
    target.write_bytes(kernel)


if __name__ == "__main__":
    main()
