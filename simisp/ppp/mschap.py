r"""MS-CHAP v2, as an algorithm of CHAP: both sides prove that they know the password.

A Response has the peer's own challenge (16 octets), 8 of zero, the NT response (24) and a flag that is zero. A Success
says ``S=`` with 40 hexadecimal digits, which prove that the authenticator knows the password too, and ``M=`` with a
message; a Failure says ``E=`` with a number of RAS, ``R=`` whether to try again, ``C=`` with a challenge, ``V=3`` and
``M=``.

MD4 and DES come from PyCryptodome, an optional package.

See Also:
    RFC 2759, 4 to 6 (packets), 8 (what is computed), 9.2 (an example).
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha1
from hmac import compare_digest
from random import Random

from simisp.errors import MissingPackageError
from simisp.ppp.chap import ChapExchange
from simisp.ppp.config import AuthMethod

__all__ = [
    "MsChapV2Algorithm",
    "authenticator_response",
    "challenge_hash",
    "has_mschap",
    "nt_response",
    "password_hash",
    "require_mschap",
]

_SIGNING = b"Magic server to client signing constant"
_PADDING = b"Pad to make it do more than one iteration"
_CHALLENGE = 16
_RESERVED = 8
_NT_RESPONSE = 24
_LENGTH = _CHALLENGE + _RESERVED + _NT_RESPONSE + 1
_PROOF = re.compile(rb"S=([0-9A-Fa-f]{40})")
_LOGON_FAILURE = 691
_HALF_KEY = 7


@lru_cache(maxsize=1)
def has_mschap() -> bool:
    """Return whether PyCryptodome is installed."""
    try:
        require_mschap()
    except MissingPackageError:
        return False
    return True


def require_mschap() -> None:
    """Do nothing if PyCryptodome is installed.

    Raises:
        MissingPackageError: It is not.
    """
    try:
        from Crypto.Cipher import DES  # noqa: F401
        from Crypto.Hash import MD4  # noqa: F401
    except ImportError:
        raise MissingPackageError("MS-CHAP v2 needs MD4 and DES", package="pycryptodome", extra="ppp") from None


def _md4(octets: bytes) -> bytes:
    from Crypto.Hash import MD4

    digest: bytes = MD4.new(octets).digest()  # noqa: S303 - it is what the standard has
    return digest


def _des(half_key: bytes, block: bytes) -> bytes:
    """Encrypt a block with 56 bits of a key, which DES takes as eight octets with a parity bit each."""
    from Crypto.Cipher import DES

    bits = int.from_bytes(half_key, "big")
    key = bytes((bits >> (49 - 7 * index) & 0x7F) << 1 for index in range(8))
    encrypted: bytes = DES.new(key, DES.MODE_ECB).encrypt(block)  # noqa: S304 - the same
    return encrypted


def challenge_hash(peer_challenge: bytes, challenge: bytes, name: bytes) -> bytes:
    """Return eight octets of both challenges and the name, without its domain (RFC 2759, 8.2)."""
    return sha1(peer_challenge + challenge + name.rpartition(b"\\")[2], usedforsecurity=False).digest()[:8]


def password_hash(password: str) -> bytes:
    """Return the hash of a password (8.3)."""
    return _md4(password.encode("utf-16-le", "surrogatepass"))


def nt_response(peer_challenge: bytes, exchange: ChapExchange) -> bytes:
    """Return the NT response (8.1)."""
    hashed = challenge_hash(peer_challenge, exchange.challenge, exchange.name)
    key = password_hash(exchange.password).ljust(3 * _HALF_KEY, b"\x00")
    return b"".join(_des(key[start : start + _HALF_KEY], hashed) for start in range(0, len(key), _HALF_KEY))


def authenticator_response(peer_challenge: bytes, response: bytes, exchange: ChapExchange) -> bytes:
    """Return the text with which the authenticator proves that it knows the password (8.7)."""
    digest = sha1(_md4(password_hash(exchange.password)) + response + _SIGNING, usedforsecurity=False).digest()
    hashed = challenge_hash(peer_challenge, exchange.challenge, exchange.name)
    return b"S=%b" % sha1(digest + hashed + _PADDING, usedforsecurity=False).hexdigest().upper().encode()


class MsChapV2Algorithm:
    """MS-CHAP v2."""

    method = AuthMethod.MSCHAP_V2

    def response(self, exchange: ChapExchange, random: Random) -> bytes:
        """Return the value of a Response, with a challenge of its own."""
        own = random.randbytes(_CHALLENGE)
        return own + bytes(_RESERVED) + nt_response(own, exchange) + b"\x00"

    def accepts(self, exchange: ChapExchange, response: bytes) -> bool:
        """Return whether a Response's value proves the password."""
        if len(response) != _LENGTH or len(exchange.challenge) != _CHALLENGE:
            return False
        return compare_digest(nt_response(response[:_CHALLENGE], exchange), _nt_part(response))

    def success(self, exchange: ChapExchange, response: bytes) -> bytes:
        """Return the proof and a greeting."""
        return authenticator_response(response[:_CHALLENGE], _nt_part(response), exchange) + b" M=Welcome"

    def failure(self, exchange: ChapExchange) -> bytes:
        """Return error 691, without another try."""
        return b"E=%d R=0 C=%b V=3 M=Access denied" % (_LOGON_FAILURE, exchange.challenge.hex().upper().encode())

    def is_satisfied(self, exchange: ChapExchange, response: bytes, message: bytes) -> bool:
        """Return whether a Success has the proof."""
        match = _PROOF.match(message)
        proof = authenticator_response(response[:_CHALLENGE], _nt_part(response), exchange)
        return match is not None and compare_digest(match[1].upper(), proof[2:])


def _nt_part(response: bytes) -> bytes:
    return response[_CHALLENGE + _RESERVED : -1]
