"""Who may log in."""

from __future__ import annotations

import pytest

from simisp.isp.accounts import Accounts

ACCOUNTS = Accounts({"alice": "wonderland", "bob": " a b "})


def test_the_account_s_own_password_is_accepted() -> None:
    assert ACCOUNTS.accepts("alice", "wonderland")
    assert ACCOUNTS.accepts("bob", " a b ")


@pytest.mark.parametrize(
    ("user", "password"),
    [("alice", "Wonderland"), ("Alice", "wonderland"), ("alice", ""), ("", ""), ("carol", ""), ("bob", "a b")],
)
def test_anything_else_is_refused(user: str, password: str) -> None:
    assert not ACCOUNTS.accepts(user, password)


def test_names_and_passwords_are_there_for_masking() -> None:
    assert len(ACCOUNTS) == 2
    assert ACCOUNTS.names == ("alice", "bob")
    assert ACCOUNTS.passwords == ("wonderland", " a b ")
    assert len(Accounts()) == 0
