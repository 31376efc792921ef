"""Random inputs: mutated samples, octets out of words, cuts."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

__all__ = ["cut", "cuts_of", "flooded", "mutated", "octets", "pause"]

_CHARACTERS = "\0\t\n\r\x0b\x1a\x1b \"'#%&*,-:;<=>?@[\\]^`{|}~\x7f\x80\x85\xa0éß€\u2028\ufeff\ufffd\U0001f4de"
_NUMBERS = ("0", "-1", "00", "1e999", "0x7f", "65536", "2147483648", "9" * 30, "1_0", "0.1", ".inf", ".nan", "٣")
_PAUSES = (0.0, 0.01, 0.1, 0.3, 0.999, 1.0, 1.001, 2.0, 2.5, 5.0, 30.0, 100.0)


def octets(random: Random, words: Sequence[bytes], *, most: int = 8) -> bytes:
    """Return some of the words one after the other, with other octets between them."""
    return b"".join(
        random.choice(words) if random.random() < 0.8 else random.randbytes(random.randint(0, 6))
        for _ in range(random.randint(0, most))
    )


def cuts_of(random: Random, length: int) -> tuple[int, ...]:
    """Return where something of a length is cut: seldom at every place, mostly at some."""
    if random.random() < 0.1 and length < 500:
        return tuple(range(1, length))
    return tuple(sorted(random.randint(0, length) for _ in range(random.randint(0, 5))))


def cut(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    """Return data in pieces, some of them perhaps empty."""
    places = sorted({min(place, len(data)) for place in cuts})
    return [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


def pause(random: Random) -> float:
    """Return for how long nothing is said, in seconds."""
    return random.choice(_PAUSES) if random.random() < 0.8 else random.uniform(0, 10)


def flooded(random: Random, data: bytes) -> bytes:
    """Return the octets, now and then very many times: more than anything may keep."""
    if not data or random.random() > 0.01:
        return data
    size = random.choice((5_000, 300_000))
    return (data * (size // len(data) + 1))[:size]


def mutated(random: Random, samples: Sequence[str], words: Sequence[str]) -> str:
    """Return a sample, changed in some places."""
    text = random.choice(samples)
    for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3, 5, 10, 30))):
        text = _changed(random, text, samples, words)
    return text


def _changed(random: Random, text: str, samples: Sequence[str], words: Sequence[str]) -> str:
    start = random.randint(0, len(text))
    end = min(len(text), start + random.choice((0, 1, 1, 2, 4, 8, 20, 80)))
    match random.randint(0, 9):
        case 0:
            return text[:start] + text[end:]
        case 1:
            return text[:start] + text[start:end] * random.choice((2, 2, 3, 50)) + text[end:]
        case 2:
            return text[:start] + random.choice(_CHARACTERS) + text[end:]
        case 3:
            return text[:start] + random.choice(_CHARACTERS) + text[start:]
        case 4 | 5:
            return text[:start] + random.choice(words) + text[end if random.random() < 0.5 else start :]
        case 6:
            return text[:start] + random.choice(_NUMBERS) + text[end:]
        case 7:
            return _lines_changed(random, text)
        case 8:
            other = random.choice(samples)
            there = random.randint(0, len(other))
            return text[:start] + other[there : there + random.choice((5, 30, 200))] + text[end:]
        case _:
            found = random.choice(words)
            return text.replace(found, random.choice(words), random.choice((1, -1))) if found else text


def _lines_changed(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randint(0, 3):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            del lines[one]
        case 2:
            lines.insert(other, lines[one])
        case _:
            lines[one] = " " * random.randint(0, 8) + lines[one].lstrip(" ")
    return "".join(lines)
