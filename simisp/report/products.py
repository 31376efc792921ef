"""The files that are made of a run's records: page, drawing, recording, JUnit report."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType

from simisp.errors import FileError
from simisp.report.asciicast import Asciicast
from simisp.report.junit import junit
from simisp.report.page.page import page
from simisp.report.picture.model import Picture, PictureMaker
from simisp.report.picture.rows import without_secrets
from simisp.report.safe_file import open_safely
from simisp.report.svg import svg
from simisp.transcript import Header, Record

__all__ = ["Products"]

_OF_A_PICTURE: dict[str, Callable[[Picture], str]] = {"html": page, "svg": svg, "junit": junit}


class Products:
    """Takes the records of a run and makes files of them. A context manager: leaving it writes the files.

    Args:
        files: The files by kind: ``"html"``, ``"svg"``, ``"asciicast"``, ``"junit"``. They are overwritten, and
            readable by their owner alone.
        show_secrets: Whether octets that are marked as secret are left unmasked.

    Raises:
        FileError: A file can't be written.
    """

    def __init__(self, files: Mapping[str, str], *, show_secrets: bool = False) -> None:
        self._files = dict(files)
        self._show_secrets = show_secrets
        self._maker = PictureMaker()
        self._header: Header | None = None
        self._open: dict[str, int] = {}
        try:
            for kind, file in self._files.items():
                self._open[kind] = open_safely(file, f"{_NAMES[kind]} can't be written")
        except FileError:
            self._close()
            raise
        self._cast = Asciicast() if "asciicast" in self._files else None

    def begin(self, header: Header) -> None:
        """Take the header; call it before any record."""
        self._header = header

    def __call__(self, record: Record) -> None:
        """Take one record."""
        record = record if self._show_secrets else without_secrets(record)
        self._maker(record)
        if self._cast is not None:
            self._cast(record)

    def __enter__(self) -> Products:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if self._header is not None:
                self._write(self._header)
        finally:
            self._close()

    def _write(self, header: Header) -> None:
        picture = self._maker.picture(header)
        for kind in self._files:
            if self._cast is not None and kind == "asciicast":
                text = self._cast.text(header)
            else:
                text = _OF_A_PICTURE[kind](picture)
            try:
                with os.fdopen(self._open.pop(kind), "w", encoding="utf-8") as file:
                    file.write(text)
            except OSError as error:
                message = f"{_NAMES[kind]} is not complete ({error.strerror})"
                raise FileError(message, path=self._files[kind], errno=error.errno) from error

    def _close(self) -> None:
        while self._open:
            with suppress(OSError):
                os.close(self._open.popitem()[1])


_NAMES = {"html": "the page", "svg": "the drawing", "asciicast": "the recording", "junit": "the JUnit report"}
