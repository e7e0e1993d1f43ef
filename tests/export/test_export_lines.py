"""A program's books as JSON Lines: they tie to the ledger, hold no secret, and go on after a break."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from whole_house import ANNA, BORIS, DEFINITION, PROGRAM, Town, town, town_on

from chalicelib.events import Reference
from chalicelib.services import exporting
from chalicelib.services.exporting import Exporting
from ops.command import main
from ops.export import command
from ops.export.shelf import FILES
from ops.laptop.shopify_books import Buyer

Run = Callable[..., Result]
DOCUMENT = Path(__file__).parents[2] / "docs" / "export.md"
GIFTS = DEFINITION.replace(
    "card:\n", "vouchers: {thanks: {name: {en: Thanks, ru: Спасибо}, worth: 5 EUR, lives: 1 year}}\ncard:\n"
)


def busy(here: Town) -> Town:
    """Anna and a few guests have bought, returned and redeemed, on several days, and nights have summed them."""
    link = here.join(str(ANNA.email), name="Anna Ozola", phone=str(ANNA.phone), marketing="yes")
    here.types_code(link, here.mail.letters[-1].code)
    order = here.buys(ANNA, 10_000)
    here.house.redemptions.redeem(here.program, Reference("use/1"), here.account(ANNA), 30, actor="till")
    here.clock.forward(86_400_000)
    here.deliver(here.shop.refunded(order, amount=2_000))
    for number in range(4):
        here.buys(Buyer(7_300_000_000_000_000 + number, f"guest{number}@example.com", None, "G", str(number)), 1_000)
    here.member(BORIS)
    here.house.adjustments.adjust(
        here.program, Reference("adjustment/1"), here.account(BORIS), 40, currency="beans", reason="Sorry", actor="x"
    )
    return here


@pytest.fixture(params=["memory", "engine"])
def here(request: pytest.FixtureRequest) -> Town:
    made = town() if request.param == "memory" else town_on(request.getfixturevalue("engine"))
    return busy(made)


@pytest.fixture
def run(here: Town, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(command, "house_of", lambda stage: here.house)

    def typed(*words: str) -> Result:
        return CliRunner().invoke(main, ["export", *words], catch_exceptions=False)

    return typed


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_every_entry_of_every_account_is_there_in_its_order(here: Town, run: Run, tmp_path: Path) -> None:
    assert run("--to", str(tmp_path / "out")).exit_code == 0
    told = lines(tmp_path / "out", "entries")
    for account in here.own.audit.accounts(PROGRAM):
        own = [each for each in told if each["account"] == account]
        assert [(each["number"], each["hash"]) for each in own] == [
            (entry.seq, entry.hash) for entry in here.entries(account)
        ]
    assert len(told) == sum(len(here.entries(account)) for account in here.own.audit.accounts(PROGRAM))


def test_the_sums_of_the_export_are_those_of_the_totals(here: Town, run: Run, tmp_path: Path) -> None:
    here.clock.forward(2 * 86_400_000)
    here.house.auditing.night(here.program, until=here.clock.now() + 60_000)
    run("--to", str(tmp_path / "out"))
    moved: Counter[str] = Counter()
    for entry in lines(tmp_path / "out", "entries"):
        for leg in entry["legs"]:
            moved[f"{entry['kind']} {leg['place']}"] += leg["points"]
    totals = here.house.totalling.days(here.program, "0000", "9999")
    by_hand = -moved["adjusted issued"]
    issued = -sum(points for name, points in moved.items() if name.endswith(" issued")) - by_hand
    redeemed = sum(points for name, points in moved.items() if name.endswith(" redeemed"))
    taken_back = sum(points for name, points in moved.items() if name.endswith(" taken_back"))
    assert (issued, redeemed, taken_back, by_hand) == tuple(
        sum(getattr(day.flow, name) for day in totals) for name in ("issued", "redeemed", "taken_back", "adjusted")
    )
    purses = [each["purses"].get("beans", {}) for each in lines(tmp_path / "out", "accounts")]
    there = sum(
        each.get("usable", 0) + each.get("coming", 0) + each.get("held", 0) - each.get("owed", 0) for each in purses
    )
    assert there == totals[-1].closing
    assert issued > 0
    assert (redeemed, taken_back, by_hand) == (30, 20, 40)


def test_the_manifest_counts_and_digests_every_file(here: Town, run: Run, tmp_path: Path) -> None:
    run("--to", str(tmp_path / "out"))
    told = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (told["format"], told["program"], told["stage"], told["personal"]) == (1, PROGRAM, "laptop", False)
    assert sorted(told["files"]) == sorted(FILES)
    for about in told["files"].values():
        data = (tmp_path / "out" / about["file"]).read_bytes()
        assert (about["bytes"], about["lines"]) == (len(data), data.count(b"\n"))
        assert about["sha256"] == hashlib.sha256(data).hexdigest()
    instants = [each["at"] for each in lines(tmp_path / "out", "entries")]
    assert (told["files"]["entries"]["from"], told["files"]["entries"]["until"]) == (min(instants), max(instants))


def test_without_being_asked_for_nothing_personal_is_written(here: Town, run: Run, tmp_path: Path) -> None:
    run("--to", str(tmp_path / "out"))
    text = "".join((tmp_path / "out" / f"{name}.jsonl").read_text() for name in FILES)
    for personal in ("anna.ozola", "Ozola", "20000001", "boris.kalnins"):
        assert personal not in text
    assert run("--to", str(tmp_path / "all"), "--personal").exit_code == 0
    named = {each["email"]: each["name"] for each in lines(tmp_path / "all", "members")}
    assert named[str(ANNA.email)] == "Anna Ozola"


def test_nothing_that_opens_anything_is_written(here: Town, run: Run, tmp_path: Path) -> None:
    run("--to", str(tmp_path / "out"), "--personal")
    text = "".join((tmp_path / "out" / f"{name}.jsonl").read_text() for name in FILES)
    for account in here.own.audit.accounts(PROGRAM):
        for card in here.own.cards.cards_of(PROGRAM, account):
            assert card.link not in text
            assert card.barcode not in text


def test_files_are_the_writers_alone(here: Town, run: Run, tmp_path: Path) -> None:
    run("--to", str(tmp_path / "out"))
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()}
    assert modes == {0o600}


# --- breaks


def _dies_after(times: int, real: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    def pages(*args: Any, **named: Any) -> Iterator[Any]:
        for number, page in enumerate(real(*args, **named)):
            if number == times:
                raise KeyboardInterrupt
            yield page

    return pages


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(exporting, "ACCOUNTS_AT_ONCE", 2)
    monkeypatch.setattr(exporting, "CARDS_AT_ONCE", 1)
    return monkeypatch


BREAKS = [("programs", 0), ("journals", 0), ("journals", 1), ("held", 0), ("held", 1), ("vouchers", 0)]
"""Before which page of which step."""


@pytest.mark.parametrize("broken_at", BREAKS, ids=str)
def test_after_a_break_it_goes_on_and_ends_as_it_would_have(
    run: Run, tmp_path: Path, small_pages: pytest.MonkeyPatch, broken_at: tuple[str, int]
) -> None:
    step, times = broken_at
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    run("--to", str(whole))
    with small_pages.context() as patch:
        patch.setattr(Exporting, step, _dies_after(times, getattr(Exporting, step)))
        run("--to", str(broken))
    for name in FILES:  # what was written behind the last mark is torn
        with (broken / f"{name}.jsonl").open("a") as file:
            file.write('{"torn')
    assert not (broken / "manifest.json").exists()
    assert run("--to", str(broken)).exit_code == 0
    assert [lines(broken, name) for name in FILES] == [lines(whole, name) for name in FILES]
    assert not (broken / "progress.sqlite").exists()


def test_a_folder_of_something_else_is_left_alone(here: Town, run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Anna")
    assert "there is something else in it" in run("--to", str(tmp_path)).output
    run("--to", str(tmp_path / "out"))
    assert "there is a whole export already" in run("--to", str(tmp_path / "out")).output
    assert [path.name for path in tmp_path.glob("*.txt")] == ["letter.txt"]


def test_a_page_holds_a_few_accounts_and_never_all(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "ACCOUNTS_AT_ONCE", 2)
    pages = list(here.house.exporting.journals(here.program, ""))
    assert max(len({line.says["account"] for line in page.lines}) for page in pages) == 2
    assert len(pages) > 2


# --- what is documented


@pytest.mark.parametrize("name", [name for name in FILES if name != "vouchers"])
def test_every_field_is_documented_and_every_documented_one_is_there(
    here: Town, run: Run, tmp_path: Path, name: str
) -> None:
    run("--to", str(tmp_path / "out"), "--personal")
    written = {field for line in lines(tmp_path / "out", name) for field in line}
    assert written == documented(name)
    assert set(example(name)) == written


def test_a_voucher_is_documented_and_told_without_its_code() -> None:
    here = town(GIFTS)
    here.member(ANNA)
    given = here.house.vouchers.issue(here.program, "thank-you", "thanks", account=here.account(ANNA))
    (line,) = [line.says for page in here.house.exporting.vouchers(here.program) for line in page.lines]
    assert set(line) == documented("vouchers") == set(example("vouchers"))
    assert str(given.code) not in json.dumps(line)


def _section(name: str) -> str:
    return DOCUMENT.read_text().partition(f"## {name}.jsonl")[2].partition("\n## ")[0]


def documented(name: str) -> set[str]:
    """The fields in a file's table."""
    return set(re.findall(r"^\| `(\w+)`", _section(name), re.MULTILINE))


def example(name: str) -> dict[str, Any]:
    """The line that is shown."""
    shown: dict[str, Any] = json.loads(_section(name).partition("```json\n")[2].partition("```")[0])
    return shown
