"""The user data of a message: what a person reads, and the header that may stand in front (3GPP TS 23.040, 9.2.3.24).

The length of user data counts septets in the GSM alphabet and octets otherwise, header included, and there is room for
140 octets:

========  =========================  ==============================================
alphabet  characters of one message  of a part with an 8 bit (16 bit) reference
========  =========================  ==============================================
GSM       160 septets                153 (152)
8 bit     140 octets                 134 (133)
UCS2      70 units of 16 bits        67 (66)
========  =========================  ==============================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simisp.cellular.sms.alphabet import decode_septets, encode_septets, is_gsm_text, pack, unpack
from simisp.cellular.sms.coding import Alphabet, DataCoding
from simisp.cellular.sms.octets import PduReader
from simisp.errors import PduError

__all__ = ["LONGEST_USER_DATA", "Concatenation", "Element", "UserData", "join_parts", "read_user_data", "split_text"]

LONGEST_USER_DATA = 140
"""Octets of user data in one message, its header included."""

_CONCATENATED_8, _CONCATENATED_16 = 0x00, 0x08
_MOST_PARTS = 255


@dataclass(frozen=True, slots=True)
class Element:
    """An information element of a header.

    Attributes:
        identifier: What it is, 0 to 255.
        content: Its octets.
    """

    identifier: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Concatenation:
    """That a message is a part of a longer one (9.2.3.24.1 and 9.2.3.24.8).

    Attributes:
        reference: The number that all parts have in common.
        total: How many parts there are, 1 to 255.
        number: Which part this is, from 1.
        is_wide: Whether the reference has 16 bits.
    """

    reference: int
    total: int
    number: int
    is_wide: bool = False

    @classmethod
    def of(cls, element: Element) -> Concatenation | None:
        """Return what an element says, or None if it is another one or makes no sense."""
        sizes = {_CONCATENATED_8: 3, _CONCATENATED_16: 4}
        if sizes.get(element.identifier) != len(element.content):
            return None
        *reference, total, number = element.content
        if not 1 <= number <= total:
            return None
        return cls(int.from_bytes(reference, "big"), total, number, element.identifier == _CONCATENATED_16)

    def element(self) -> Element:
        """Return it as an element."""
        reference = self.reference.to_bytes(2 if self.is_wide else 1, "big")
        identifier = _CONCATENATED_16 if self.is_wide else _CONCATENATED_8
        return Element(identifier, reference + bytes([self.total, self.number]))


@dataclass(frozen=True, slots=True)
class UserData:
    """User data.

    Attributes:
        content: Septets in the GSM alphabet, octets otherwise.
        header: The elements of its header; empty if it has none.
    """

    content: bytes = b""
    header: tuple[Element, ...] = ()

    @classmethod
    def of_text(cls, text: str, coding: int = 0, header: tuple[Element, ...] = ()) -> UserData:
        """Return the user data for a text.

        Raises:
            PduError: The alphabet of the coding does not have a character of it.
        """
        return cls(encode_text(text, DataCoding.of(coding).alphabet), header)

    @classmethod
    def of_octets(cls, octets: bytes, coding: int = 0, *, has_header: bool = False) -> UserData:
        """Return the user data in these octets, in which septets are packed.

        Raises:
            PduError: They are more than a message has, or their header makes no sense.
        """
        _check_length(len(octets), LONGEST_USER_DATA)
        is_gsm = DataCoding.of(coding).alphabet is Alphabet.GSM
        length = 8 * len(octets) // 7 if is_gsm else len(octets)
        return read_user_data(PduReader(bytes([length]) + octets), coding, has_header=has_header)

    @property
    def concatenation(self) -> Concatenation | None:
        """Of what longer message it is a part; None if it is a whole one."""
        return next((part for element in self.header if (part := Concatenation.of(element))), None)

    def text(self, coding: int) -> str:
        """Return the text; octets of the 8 bit alphabet are the characters of the same numbers.

        Half a character of UCS2 is the replacement character.
        """
        match DataCoding.of(coding).alphabet:
            case Alphabet.GSM:
                return decode_septets(self.content)
            case Alphabet.UCS2:
                return self.content.decode("utf-16-be", "replace")
            case Alphabet.OCTETS:
                return self.content.decode("latin-1")

    def encode(self, coding: int) -> bytes:
        """Return it as in a PDU: length, header and content.

        Raises:
            PduError: It is longer than a message; the position is the first octet, or septet, that is too much.
        """
        header = self._header()
        if DataCoding.of(coding).alphabet is not Alphabet.GSM:
            _check_length(len(header) + len(self.content), LONGEST_USER_DATA)
            return bytes([len(header) + len(self.content)]) + header + self.content
        fill = _fill(len(header))
        length = (8 * len(header) + fill) // 7 + len(self.content)
        _check_length(length, LONGEST_USER_DATA * 8 // 7)
        return bytes([length]) + header + pack(self.content, fill)

    def _header(self) -> bytes:
        if not self.header:
            return b""
        _check_length(1 + sum(2 + len(element.content) for element in self.header), LONGEST_USER_DATA)
        elements = b"".join(
            bytes([element.identifier, len(element.content)]) + element.content for element in self.header
        )
        return bytes([len(elements)]) + elements


def read_user_data(reader: PduReader, coding: int, *, has_header: bool) -> UserData:
    """Read user data up to its end.

    Args:
        reader: Where it begins.
        coding: The octet of data coding.
        has_header: Whether the PDU says that there is a header.

    Raises:
        PduError: There is none, or it is longer than a message may be.
    """
    is_gsm = DataCoding.of(coding).alphabet is Alphabet.GSM
    length = reader.octet("the length of user data")
    if length > (LONGEST_USER_DATA * 8 // 7 if is_gsm else LONGEST_USER_DATA):
        raise PduError(f"user data of {length} {'septets' if is_gsm else 'octets'} is too long", reader.position - 1)
    start = reader.position
    data = reader.octets((7 * length + 7) // 8 if is_gsm else length, "user data")
    header, used = _read_header(data, start) if has_header else ((), 0)
    if not is_gsm:
        return UserData(data[used:], header)
    fill = _fill(used)
    count = length - (8 * used + fill) // 7
    if count < 0:
        raise PduError("the header is longer than the user data", start)
    return UserData(unpack(data[used:], count, fill), header)


def encode_text(text: str, alphabet: Alphabet) -> bytes:
    """Return a text as the content of user data.

    Raises:
        PduError: The alphabet does not have a character of it; the position is the character's.
    """
    match alphabet:
        case Alphabet.GSM:
            return encode_septets(text)
        case Alphabet.UCS2:
            return text.encode("utf-16-be", "surrogatepass")
        case Alphabet.OCTETS:
            try:
                return text.encode("latin-1")
            except UnicodeEncodeError as error:
                raise PduError(f"{text[error.start]!r} is no octet", error.start) from None


def split_text(text: str, reference: int = 0, *, is_wide: bool = False) -> tuple[int, list[UserData]]:
    """Return the octet of data coding for a text, and the user data of the messages that it needs.

    The text is in the GSM alphabet if that has all its characters, else in UCS2. No part ends within a character.

    Args:
        text: The text.
        reference: The number that the parts have in common: 0 to 255, or to 65 535 if it is wide.
        is_wide: Whether the reference has 16 bits.

    Raises:
        PduError: The text needs more than 255 messages.

    Example:
        >>> coding, parts = split_text("a" * 161, reference=7)
        >>> coding, [len(part.content) for part in parts], parts[1].concatenation
        (0, [153, 8], Concatenation(reference=7, total=2, number=2, is_wide=False))
    """
    alphabet = Alphabet.GSM if is_gsm_text(text) else Alphabet.UCS2
    coding = 0x00 if alphabet is Alphabet.GSM else 0x08
    whole = encode_text(text, alphabet)
    units = 160 if alphabet is Alphabet.GSM else LONGEST_USER_DATA
    if len(whole) <= units:
        return coding, [UserData(whole)]
    room = (152 if is_wide else 153) if alphabet is Alphabet.GSM else LONGEST_USER_DATA - (7 if is_wide else 6)
    pieces = _cut([encode_text(character, alphabet) for character in text], room)
    if len(pieces) > _MOST_PARTS:
        raise PduError(f"a text has no more than {_MOST_PARTS} parts", len(text))
    parts = [Concatenation(reference, len(pieces), number, is_wide) for number in range(1, len(pieces) + 1)]
    return coding, [UserData(piece, (part.element(),)) for piece, part in zip(pieces, parts, strict=True)]


def join_parts(parts: Iterable[tuple[int, UserData]]) -> str | None:
    """Return the text of a message from its parts, each with its octet of data coding, in any order.

    Returns:
        The text; None if a part is missing or they belong to different messages. Of two equal parts one counts.
    """
    texts: dict[int, str] = {}
    message: tuple[int, int, bool] | None = None
    for coding, data in parts:
        part = data.concatenation or Concatenation(0, 1, 1)
        if message not in (None, (part.reference, part.total, part.is_wide)):
            return None
        message = (part.reference, part.total, part.is_wide)
        texts.setdefault(part.number, data.text(coding))
    if message is None or len(texts) < message[1]:
        return None
    return "".join(texts[number] for number in sorted(texts))


def _cut(characters: Sequence[bytes], room: int) -> list[bytes]:
    """Return the characters in pieces of at most ``room`` octets or septets."""
    pieces, piece = [], b""
    for character in characters:
        if len(piece) + len(character) > room:
            pieces.append(piece)
            piece = b""
        piece += character
    return [*pieces, piece]


def _read_header(data: bytes, start: int) -> tuple[tuple[Element, ...], int]:
    """Return the elements of the header in front of user data, and its octets. ``start`` is the data's index."""
    end = PduReader(data, base=start).octet("the length of the header") + 1
    if end > len(data):
        raise PduError("the header is longer than the user data", start)
    inner, elements = PduReader(data[:end], 1, base=start), []
    while inner.left:
        identifier = inner.octet("an element")
        elements.append(Element(identifier, inner.octets(inner.octet("the length of an element"), "an element")))
    return tuple(elements), end


def _fill(header: int) -> int:
    """Return how many fill bits follow a header of this many octets, up to the first septet."""
    return -8 * header % 7


def _check_length(length: int, longest: int) -> None:
    if length > longest:
        raise PduError(f"user data of {length} is longer than {longest}", longest)
