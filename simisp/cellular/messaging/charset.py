"""The character set between DTE and modem (+CSCS), in which texts and addresses are written (3GPP TS 27.007, 5.5).

========  ===================================================================================
set       how a text is written
========  ===================================================================================
GSM       septets of the GSM alphabet, each an octet
IRA       ASCII; what it lacks is a question mark
8859-1    ISO 8859-1, likewise
UTF-8     UTF-8
UCS2      four hexadecimal digits for each 16 bit unit
HEX       two hexadecimal digits for each septet of the GSM alphabet
========  ===================================================================================
"""

from __future__ import annotations

from simisp.cellular.sms.alphabet import decode_septets, encode_septets, is_gsm_text
from simisp.cellular.sms.octets import octets_of_hex
from simisp.errors import PduError

__all__ = ["from_dte", "to_dte"]

_CODECS = {"IRA": "ascii", "8859-1": "latin-1", "UTF-8": "utf-8"}


def to_dte(text: str, charset: str) -> bytes:
    """Return a text as it is written to the DTE.

    Example:
        >>> to_dte("a€", "UCS2"), to_dte("a€", "IRA"), to_dte("a@", "HEX")
        (b'006120AC', b'a?', b'6100')
    """
    if charset == "UCS2":
        return text.encode("utf-16-be", "surrogatepass").hex().upper().encode()
    if charset in _CODECS:
        return text.encode(_CODECS[charset], "replace")
    septets = encode_septets("".join(character if is_gsm_text(character) else "?" for character in text))
    return septets.hex().upper().encode() if charset == "HEX" else septets


def from_dte(octets: bytes, charset: str) -> str:
    """Return the text that the DTE has written.

    Raises:
        PduError: It is not written in this set; the position is that of an octet.

    Example:
        >>> from_dte(b"006120AC", "UCS2")
        'a€'
    """
    if charset in {"UCS2", "HEX"}:
        written = octets_of_hex(octets.decode("latin-1"))
        if charset == "HEX":
            return decode_septets(written)
        if len(written) % 2:
            raise PduError("half a character", len(octets))
        return written.decode("utf-16-be", "replace")
    if charset in _CODECS:
        return octets.decode(_CODECS[charset], "replace")
    return decode_septets(octets)
