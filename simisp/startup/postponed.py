"""Modules that other libraries import but rarely use: they are loaded on first use, or not at all."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from functools import partial
from types import ModuleType
from typing import Any

__all__ = ["forgo_openssl", "postpone"]

_OWN_HASHES = ("_md5", "_sha1", "_sha3", "_sha512" if sys.version_info < (3, 12) else "_sha2", "_blake2")
"""Python's own hash functions, which a distribution may leave out in favour of OpenSSL's."""


class _Postponed(ModuleType):
    """Stands in for a module, and is replaced by it when an attribute is used.

    Args:
        name: The module.
        functions: Functions that may be imported from it by name without loading it; calling one loads it.
    """

    def __init__(self, name: str, functions: Iterable[str]) -> None:
        super().__init__(name)
        for function in functions:
            setattr(self, function, partial(self._call, function))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} is not loaded and has no {name!r}")
        return getattr(self._load(), name)

    def _call(self, function: str, *args: Any, **keywords: Any) -> Any:
        return getattr(self._load(), function)(*args, **keywords)

    def _load(self) -> ModuleType:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


def postpone(name: str, *, functions: Iterable[str] = ()) -> None:
    """Let a module be imported without loading it. One that is already loaded stays as it is.

    Args:
        name: The module, such as ``"importlib.metadata"``.
        functions: The functions that are imported from it by name. Importing any other name loads it.

    Example:
        >>> import sys
        >>> postpone("wsgiref.headers")
        >>> from wsgiref import headers
        >>> "wsgiref.headers" in sys.modules, headers.Headers().items()
        (True, [])
    """
    if name in sys.modules:
        return
    stand_in = sys.modules[name] = _Postponed(name, functions)
    package, _, submodule = name.rpartition(".")
    if package:
        setattr(importlib.import_module(package), submodule, stand_in)


def forgo_openssl() -> None:
    """Let this process do without OpenSSL: four megabytes, and a tenth of a run's start.

    asyncio imports ssl, and hashlib OpenSSL's hash functions; both are made to do without them. Nothing that this
    program does on the network is encrypted, and Python's own SHA-256 is quick enough for names and digests.

    In this process ``import ssl`` then raises ImportError. It is only called in the process of the ``simisp`` command,
    in which no code of a user runs: programs that import simisp, tests with its plugin, and the commands that a run
    starts have an OpenSSL as ever.
    """
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]
    if all(importlib.util.find_spec(name) is not None for name in _OWN_HASHES):
        sys.modules.setdefault("_hashlib", None)  # type: ignore[arg-type]
