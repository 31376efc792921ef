"""MS-CHAP v2 against the example of its standard, and CHAP's packets."""

from __future__ import annotations

import sys
from random import Random

import pytest

from simisp.errors import MissingPackageError
from simisp.ppp import mschap
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.chap import ChapChecker, ChapExchange, ChapProver, Md5Algorithm
from simisp.ppp.config import AuthMethod, PppConfig
from simisp.ppp.frame import ControlPacket
from simisp.ppp.link import PppLink

# RFC 2759, 9.2
CHALLENGE = bytes.fromhex("5B5D7C7D7B3F2F3E3C2C602132262628")
PEER = bytes.fromhex("21402324255E262A28295F2B3A337C7E")
EXAMPLE = ChapExchange(1, CHALLENGE, b"User", "clientPass")
RESPONSE = bytes.fromhex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF")
PROOF = b"S=407A5589115FD0D6209F510FE9C04566932CDA56"


def test_everything_is_computed_as_in_the_example_of_the_standard() -> None:
    assert mschap.challenge_hash(PEER, CHALLENGE, b"User").hex().upper() == "D02E4386BCE91226"
    assert mschap.password_hash("clientPass").hex().upper() == "44EBBA8D5312B8D611474411F56989AE"
    assert mschap.nt_response(PEER, EXAMPLE) == RESPONSE
    assert mschap.authenticator_response(PEER, RESPONSE, EXAMPLE) == PROOF


def test_the_domain_before_a_name_is_not_hashed() -> None:
    assert mschap.challenge_hash(PEER, CHALLENGE, b"BIGCO\\User") == mschap.challenge_hash(PEER, CHALLENGE, b"User")


def test_a_success_needs_the_proof_and_not_the_space_behind_it() -> None:
    algorithm = mschap.MsChapV2Algorithm()
    value = PEER + bytes(8) + RESPONSE + b"\0"
    assert algorithm.accepts(EXAMPLE, value)
    assert algorithm.is_satisfied(EXAMPLE, value, PROOF + b" M=Welcome")
    assert algorithm.is_satisfied(EXAMPLE, value, PROOF + b"M=Welcome")
    assert algorithm.is_satisfied(EXAMPLE, value, PROOF.lower().replace(b"s=", b"S="))
    assert not algorithm.is_satisfied(EXAMPLE, value, PROOF[:-1] + b"7 M=Welcome")
    assert not algorithm.is_satisfied(EXAMPLE, value, b"Welcome")


@pytest.mark.parametrize("length", [0, 1, 15, 17, 49])
def test_a_digest_of_another_length_is_refused(length: int) -> None:
    algorithm = Md5Algorithm()
    value = algorithm.response(EXAMPLE, Random(0))
    assert algorithm.accepts(EXAMPLE, value)
    assert not algorithm.accepts(EXAMPLE, (value * 4)[:length])


@pytest.mark.parametrize("length", [0, 16, 24, 48, 50])
def test_a_response_of_another_length_is_refused(length: int) -> None:
    value = (PEER + bytes(8) + RESPONSE + b"\0\0")[:length]
    assert not mschap.MsChapV2Algorithm().accepts(EXAMPLE, value)


def test_a_repeated_response_gets_the_same_answer_and_one_to_another_challenge_none() -> None:
    checker = ChapChecker(Md5Algorithm(), {"joe": "secret"}, "isp", RestartTimers(), Random(1))
    prover = ChapProver(Md5Algorithm(), "joe", "secret", RestartTimers(), Random(2))
    checker.start(now=0.0)
    prover.receive(checker.outputs.pop(), now=0.0)
    (response,) = prover.outputs
    checker.receive(ControlPacket(2, (response.identifier + 1) % 256, response.data), now=0.0)
    assert (checker.outputs, checker.succeeded) == ([], None)
    checker.receive(response, now=0.0)
    checker.receive(ControlPacket(2, response.identifier, b"\x10" + bytes(16) + b"joe"), now=0.0)
    assert [packet.code for packet in checker.outputs] == [3, 3]


def test_without_the_package_the_error_names_it_and_a_client_does_not_agree_to_the_method(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "Crypto.Hash", None)
    mschap.has_mschap.cache_clear()
    try:
        with pytest.raises(MissingPackageError, match=r"install pycryptodome.*simisp\[ppp\]"):
            PppLink(PppConfig(auth=(AuthMethod.MSCHAP_V2,)))
        assert PppLink(PppConfig(user="joe")).config.agrees == (AuthMethod.CHAP, AuthMethod.PAP)
    finally:
        monkeypatch.undo()
        mschap.has_mschap.cache_clear()
