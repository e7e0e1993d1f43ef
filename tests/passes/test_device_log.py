"""What phones complain about is kept short, in one line each, and without secrets."""

import json

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.passes.apple.devicelog import LINE_CHARACTERS, LINES, lines_of


def cleaned(*lines: str) -> tuple[str, ...]:
    return lines_of(json.dumps({"logs": lines}).encode())


def test_at_most_a_hundred_lines_are_kept() -> None:
    assert cleaned(*(f"line {number}" for number in range(150))) == tuple(f"line {number}" for number in range(LINES))


def test_a_long_line_is_cut() -> None:
    assert cleaned("y" * 5_000) == ("y" * LINE_CHARACTERS,)


def test_a_line_cannot_fake_another_one() -> None:
    assert cleaned("bad\r\n[ERROR] all is lost\x1b[31m\u2028end") == ("bad [ERROR] all is lost [31m end",)


def test_tokens_device_ids_and_card_links_are_left_out() -> None:
    told = cleaned(
        "Authorization: ApplePass 0123456789abcdef0123",
        "Register task (for device f0e1d2c3b4a59687, pass type pass.example.beanstreet, serial number s1) failed",
        "GET https://cards.example/apple/v1/devices/f0e1d2c3b4a59687/registrations/pass.example.beanstreet: 503",
        "opened https://cards.example/c/hVQmXm4bT2aK9",
    )
    assert told == (
        "Authorization: ApplePass ...",
        "Register task (for device ..., pass type pass.example.beanstreet, serial number s1) failed",
        "GET https://cards.example/apple/v1/devices/.../registrations/pass.example.beanstreet: 503",
        "opened https://cards.example/c/...",
    )


@given(st.lists(st.text(), max_size=5))
def test_whatever_is_said_stays_on_one_line(said: list[str]) -> None:
    for line in cleaned(*said):
        assert len(line.splitlines()) <= 1
        assert len(line) <= LINE_CHARACTERS + 20
