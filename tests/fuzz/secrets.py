"""Passwords: none survives in what is shown, however it was typed and cut."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from urllib.parse import quote, quote_plus

from fuzz.inputs import cut, cuts_of, pause
from fuzz.target import Case, Target
from simisp.scenario.load import loads
from simisp.scenario.session import session
from simisp.transcript import Redactor, Source
from simisp.transcript.json_lines import record_line
from simisp.transcript.record import octets_record, records_of
from simisp.transcript.redaction import mask_text

__all__ = ["TARGETS"]

_SECRETS = ["wonderland", "landlord", "aaaa", "abab", "looking glass/2", "p\xe4ssw\xf6rt", "1234", "Password", "a+b%c"]
_OTHERS = [
    b" ",
    b"\r",
    b"\r\n",
    b"x",
    b"wonder",
    b"land",
    b"a",
    b"ab",
    b"\b",
    b"ATH\r",
    b"Password: ",
    b"\xff",
    b"%",
    b"123",
]

_SCENARIO = """\
title: x
isp:
  accounts: {alice: "%s"}
  dialogue:
    - authenticate: {user: "Username:", password: "Password:", attempts: 3}
    - send: "Entering PPP mode\\n"
"""


def _written(random: Random, secret: str) -> bytes:
    """Return a password as somebody may write it: in another case, URL-coded, with a slip that was corrected."""
    data = secret.encode("latin-1")
    match random.randint(0, 5):
        case 0:
            return bytes(octet ^ 0x20 if chr(octet).isascii() and chr(octet).isalpha() else octet for octet in data)
        case 1:
            return random.choice((quote, quote_plus))(data, safe="").encode()
        case 2 | 3:
            return _with_slip(random, data)
        case _:
            return data


def _with_slip(random: Random, data: bytes) -> bytes:
    at = random.randint(min(3, len(data) - 1), len(data) - 1)
    wrong = bytes(random.choice(b"xyz") for _ in range(random.randint(1, 4)))
    erase = random.choice((b"\b", b"\x7f"))
    return data[:at] + wrong + erase * len(wrong) + data[at:]


def _stream(random: Random, secrets: Sequence[str]) -> bytes:
    words = [
        _written(random, random.choice(secrets)) if random.random() < 0.5 else random.choice(_OTHERS)
        for _ in range(random.randint(1, 8))
    ]
    return b"".join(words)


# Octets --------------------------------------------------------------------------------------------------------------


def _made_redaction(random: Random) -> Case:
    secrets = tuple(random.sample(_SECRETS, random.randint(1, 3)))
    dte, dce = _stream(random, secrets), _stream(random, secrets)
    flushed = random.random() < 0.2
    return secrets, dte, cuts_of(random, len(dte)), dce, cuts_of(random, len(dce)), random.randrange(2**16), flushed


def _check_redaction(
    secrets: tuple[str, ...],
    dte: bytes,
    dte_cuts: tuple[int, ...],
    dce: bytes,
    dce_cuts: tuple[int, ...],
    order: int,
    flushed: bool,
) -> None:
    known = [secret.encode("latin-1") for secret in secrets]
    shown = _shown(known, dte, dte_cuts, dce, dce_cuts, order if flushed else None)
    for told, said in zip(shown, (dte, dce), strict=True):
        assert len(told) == len(said), "octets are missing"
        for secret in known:
            assert secret.lower() not in told.lower(), f"{secret!r} is shown"
            assert secret.lower() not in _meant(told).lower(), f"{secret!r} is shown, corrected"
            for coded in (quote(secret, safe=""), quote_plus(secret, safe="")):
                assert coded.encode().lower() not in told.lower(), f"{secret!r} is shown, URL-coded"
    for text in secrets:
        assert text.lower() not in mask_text(dte.decode("latin-1"), known).lower(), f"{text!r} is shown in a text"


def _shown(
    known: list[bytes], dte: bytes, dte_cuts: Sequence[int], dce: bytes, dce_cuts: Sequence[int], flush: int | None
) -> tuple[bytes, bytes]:
    """Return what is shown of each side; the sides take turns. ``flush`` says after which records a flush comes."""
    sides = (
        [(Source.CLIENT, piece) for piece in cut(dte, dte_cuts)],
        [(Source.MODEM, piece) for piece in cut(dce, dce_cuts)],
    )
    turns = sorted((index, number) for number, side in enumerate(sides) for index in range(len(side)))
    redactor = Redactor(known)
    records = []
    for place, (index, number) in enumerate(turns):
        source, piece = sides[number][index]
        records += redactor.feed(octets_record(0.0, source, piece))
        if flush is not None and flush >> place % 16 & 1:
            records += redactor.flush()
    records += redactor.flush()
    dte_shown, dce_shown = (
        b"".join(record.data for record in records if record.source is side) for side in (Source.CLIENT, Source.MODEM)
    )
    return dte_shown, dce_shown


def _meant(stream: bytes) -> bytes:
    """Return a stream with what was taken back left out."""
    meant = bytearray()
    for octet in stream:
        if octet not in b"\b\x7f":
            meant.append(octet)
        elif meant:
            meant.pop()
    return bytes(meant)


# A log-in ------------------------------------------------------------------------------------------------------------


def _made_log_in(random: Random) -> Case:
    secret = random.choice([secret for secret in _SECRETS if secret != "Password"])
    said = []
    for _ in range(random.randint(1, 6)):
        data = random.choice((_stream(random, [secret]), b"alice\r", b"+++", b"ATO\r", b"ATDT1\r")) + random.choice(
            (b"\r", b"\n", b"")
        )
        said.append((data, cuts_of(random, len(data)), pause(random)))
    return secret, tuple(said)


def _check_log_in(secret: str, said: tuple[tuple[bytes, tuple[int, ...], float], ...]) -> None:
    line = session(loads(_SCENARIO % secret))
    redactor = Redactor(line.secrets)
    records, now = [], 0.0
    for data, cuts, seconds in ((b"ATDT1\r", (), 2.5), (b"alice\r", (), 1.0), *said):
        for piece in cut(data, cuts):
            line.receive_data(piece, now=now)
            records += records_of(line.take_outputs(), at=now)
        now += seconds
        line.handle_timer(now=now)
        records += records_of(line.take_outputs(), at=now)
    shown = [each for record in records for each in redactor.feed(record)] + redactor.flush()
    for source in (Source.CLIENT, Source.MODEM):
        told = b"".join(record.data for record in shown if record.source is source)
        assert secret.encode("latin-1").lower() not in told.lower(), f"{secret!r} is shown"
    for record in shown:
        assert secret.lower() not in record_line(record).lower(), f"{secret!r} is shown in a record"


TARGETS = [
    Target("redaction", _made_redaction, _check_redaction),
    Target("log-in", _made_log_in, _check_log_in, smoke=100),
]
