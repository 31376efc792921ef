"""The options for pictures of a run: ``--html``, ``--svg``, ``--asciicast`` and ``--junit``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from simisp.cli.parameters import file_options

if TYPE_CHECKING:
    from simisp.report.products import Products

__all__ = ["PictureFiles", "picture_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_OPTIONS = {
    "html": "Write a page that shows the run: time line, search, octets. One file that needs no network.",
    "svg": "Write a small time line for documents.",
    "asciicast": "Write a recording of the dialogue that terminal players play (asciicast v2).",
    "junit": "Write the verdict and the expectations as a JUnit report.",
}


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """The files that are asked for, by the option's name."""

    files: dict[str, str]

    @classmethod
    def of(cls, call: object) -> PictureFiles:
        """Return what a command was called with. Its call has a field for each of the options."""
        given = {name: getattr(call, name) for name in _OPTIONS}
        return cls({name: file for name, file in given.items() if file is not None})

    def open(self, *, show_secrets: bool = False) -> Sequence[Products]:
        """Open the files, so that a mistake in a name is reported before the run; none if none is asked for.

        Raises:
            FileError: A file can't be written.
        """
        if not self.files:
            return ()
        from simisp.report.products import Products

        return (Products(self.files, show_secrets=show_secrets),)


def picture_options(function: _Function) -> _Function:
    """Add the options to a command."""
    return file_options(function, _OPTIONS)
