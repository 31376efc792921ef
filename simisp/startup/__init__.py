"""What the process of the ``simisp`` command spares itself at its start: work for things that it never uses.

A quarter of the time of a short command would go to what other packages prepare for features that are not used here.
All of this is done in the process of the command alone, in which no code of a user runs: programs that import simisp,
tests with its plugin, and the commands that a run starts have Python as ever.

What each of these adds to the instructions of ``simisp check login`` if it is left out (callgrind, CPython 3.11):

======================================================  =========================================================
patterns compiled on first use                          16 %
no search for plugins of pydantic                       12 %
types kept as texts                                     6 %
frozen dataclasses without a text for each              5 %
``secrets``, ``tokenize`` and ``urllib.parse`` later    2 %, all three
OpenSSL and ``shutil``                                  nothing: only a run imports asyncio and tempfile
======================================================  =========================================================

One that adds nothing any more, to a check or to a run, can go.
"""

from __future__ import annotations

from simisp.startup.on_first_use import compile_on_first_use, keep_type_texts
from simisp.startup.plugins import forgo_plugins
from simisp.startup.postponed import forgo_openssl, postpone

__all__ = ["spare_start"]

_PATTERNS_FOR_LATER = (
    "yaml.reader",  # its one pattern is a sixth of "import yaml", and libyaml's scanner, in C, is used in its place
    "yaml.resolver",
    "yaml.constructor",
    "platform",
    "fractions",
    "textwrap",
    "gettext",
    "locale",
    "click._compat",
    "simisp.diagnostics",
    "simisp.report.colour",
    "simisp.report.folding",
    "simisp.cli.file_kind",
    "simisp.scenario.modem_rows",
    "simisp.scenario.steps",
    "simisp.scenario.values",
    "simisp.errors",
)
"""Modules with patterns most of which a usual command does not use."""


def spare_start() -> None:
    """Postpone what other packages import and never use. This comes before any import of them."""
    forgo_plugins()
    forgo_openssl()
    keep_type_texts()
    compile_on_first_use(_PATTERNS_FOR_LATER)
    # inspect imports the first for functions that read source texts, and pathlib the second for one that makes URLs.
    postpone("tokenize")
    postpone("urllib.parse", functions=["quote_from_bytes"])
    postpone("shutil")  # tempfile's, for what it removes: it brings three libraries for archives
    postpone("secrets")  # pydantic's: it brings random numbers and hash functions
    from simisp.startup.frozen_classes import spare_frozen_classes  # imports dataclasses, and thereby inspect

    spare_frozen_classes()
