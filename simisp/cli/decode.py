"""``simisp decode``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from simisp.cli.files import STANDARD_STREAM, naming, refusal_of
from simisp.cli.output import say
from simisp.cli.standard_streams import standard_input
from simisp.errors import FileError

if TYPE_CHECKING:
    from simisp.capture.frames import Captured

__all__ = ["decode"]

_MOST_OCTETS = 256 * 1024 * 1024
"""A larger file is not read into memory only to be shown a line at a time."""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
def decode(file: str) -> None:
    """Show the frames of PPP and of the multiplexer, and the AT commands, as text.

    FILE is a transcript (--transcript), or frames in the format pcapng or pcap, as --pcap writes them. Standard input
    is `-`. Passwords are masked, or left out.
    """
    from simisp.capture.decoded import decoded

    with naming(file):
        for line in decoded(_captured(_octets(file), file)):
            say(line, fold=False)


def _captured(data: bytes, file: str) -> Iterable[Captured]:
    from simisp.capture.decoded import captured_in
    from simisp.capture.pcapng import frames_in, is_capture
    from simisp.transcript import read

    if data.lstrip()[:1] != b"{":
        if not is_capture(data):
            what = "neither a transcript nor frames in the format pcapng or pcap" if data.strip() else "empty"
            name = "standard input" if file == STANDARD_STREAM else file
            raise refusal_of(file, "a transcript or a capture") or FileError(f"it is {what}", path=name)
        return frames_in(data)
    return captured_in(read(data.decode("utf-8", "surrogateescape").splitlines(keepends=True)).records)


def _octets(file: str) -> bytes:
    try:
        if file == STANDARD_STREAM:
            data = standard_input().buffer.read(_MOST_OCTETS + 1)
        else:
            with open(file, "rb") as opened:  # noqa: PTH123 - a name of the user's
                data = opened.read(_MOST_OCTETS + 1)
    except OSError as error:
        raise FileError(f"it can't be read ({error.strerror})", path=file, errno=error.errno) from error
    if len(data) > _MOST_OCTETS:
        raise FileError("it is larger than 256 MiB", path=file, remedy="cut it first, for instance by editcap")
    return data
