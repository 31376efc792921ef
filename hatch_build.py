"""Builds the preload library into the wheel, where there is a compiler for it.

The library is no extension of Python: the wheel fits every Python 3 on its platform. Its tag is the plain ``linux_…``
one, which promises no libc; the installed package looks for itself whether the library fits.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["PreloadLibraryHook"]


class PreloadLibraryHook(BuildHookInterface[BuilderConfig]):
    """Compiles the library into a temporary folder and from there into the wheel; the source tree stays as it is.

    Without a compiler, or on a system that the sources don't know, the wheel is pure, and one line says why. An
    editable install builds nothing: the library is built at first use.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the library to a standard wheel, and the platform to its tag."""
        if version != "standard":
            return
        # The package itself is not installed where its wheel is built, and nor is anything that it depends on.
        sys.path.insert(0, self.root)
        from simisp.errors import PreloadUnavailableError
        from simisp.preload.build import build_packaged

        self._folder = TemporaryDirectory(prefix="simisp-wheel-")
        try:
            library = build_packaged(Path(self._folder.name))
        except PreloadUnavailableError as error:
            self.app.display_warning(f"a pure wheel, without the clock library: {error.reason}")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
        build_data["pure_python"] = False
        build_data["force_include"][str(library)] = f"simisp/preload/{library.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary folder."""
        if version == "standard":
            self._folder.cleanup()
