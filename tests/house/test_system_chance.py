"""Names that are made up go through terminals, addresses and codes."""

import secrets

import pytest

from chalicelib.bootstrap.system import SystemChance


def test_no_name_begins_like_an_option_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["-4cQ", "--zz", "a-b_"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: next(made))
    assert SystemChance().token() == "a-b_"
