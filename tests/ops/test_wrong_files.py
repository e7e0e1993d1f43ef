"""Files and folders that are no good, and shops that do not answer: a sentence for the operator, never a traceback."""

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result
from trail_stand_in import GroundStandIn
from whole_house import DEFINITION, PROGRAM

from ops import traffic
from ops.auditing.attending import Attended
from ops.command import main
from ops.options import text_of

Run = Callable[..., Result]
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe"


def sentence(result: Result) -> str:
    """What was said, on one line, and that it was a sentence."""
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 1
    return " ".join(result.output.split())


def typed(*words: str) -> str:
    return sentence(CliRunner().invoke(main, list(words)))


@pytest.mark.parametrize(
    "words",
    [
        ("publish",),
        ("lint",),
        ("explain",),
        ("terms",),
        ("preview",),
        ("backtest", "--orders", "ORDERS"),
    ],
)
def test_definition_that_is_no_text_is_named(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    picture, orders = tmp_path / "logo.png", tmp_path / "orders.csv"
    picture.write_bytes(PICTURE)
    orders.write_text("order,date,customer,amount\n")
    command, *more = (str(orders) if word == "ORDERS" else word for word in words)
    assert f"{picture} is no text" in sentence(run(command, str(picture), *more))


@pytest.mark.parametrize(
    "words",
    [
        ("draw", "check", "FILE", "--seed", "x", "--sha", "0", "--winners", "1"),
        ("voucher", "bring", "thanks", "FILE"),
        ("connect", "shopify", "--name", "other", "--role", "evidence", "--answer", "secret=@FILE"),
    ],
)
def test_list_or_answer_that_is_no_text_is_named(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    picture = tmp_path / "logo.png"
    picture.write_bytes(PICTURE)
    assert f"{picture} is no text" in sentence(run(*(word.replace("FILE", str(picture)) for word in words)))


def test_file_that_never_ends_is_not_read_to_its_end(tmp_path: Path) -> None:
    endless = tmp_path / "endless"
    endless.write_bytes(b"x" * 11)
    with pytest.raises(click.ClickException, match="endless is larger than 10 bytes"):
        text_of(endless, most=10)
    assert text_of(endless, most=11) == "x" * 11


def test_definition_in_another_encoding_says_which_one_is_needed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    file.write_bytes(DEFINITION.replace("Bean Street", "Бобы", 1).encode("cp1251"))
    assert "is no text in UTF-8" in sentence(run("publish", str(file)))


def test_folder_that_cannot_be_made_is_named_and_nothing_is_written(run: Run, ground: GroundStandIn) -> None:
    said = sentence(run("export", "--to", "/proc/nothing"))
    assert said == (
        "Error: Nothing was written into /proc/nothing: No such file or directory. Name a folder that can be made."
    )
    (line,) = ground.lines
    assert line.closed is not None
    assert (line.closed.outcome, line.closed.why) == ("broke", "FileNotFoundError")


def test_folder_below_a_file_is_no_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "Not a directory. Name a folder that can be made." in sentence(run("export", "--to", f"{tmp_path}/file/in"))


@pytest.mark.parametrize(
    ("err", "says"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/nowhere/x"), "/nowhere/x: No such file"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
    ],
)
def test_command_that_cannot_write_says_where(err: OSError, says: str) -> None:
    @click.group(cls=Attended)
    def root() -> None: ...

    @root.command("schema")
    def _() -> None:
        raise err

    assert says in sentence(CliRunner().invoke(root, ["schema"]))


# --- the shop of `pointpass traffic`


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[httpx.Request], httpx.Response]], str]:
    """What `pointpass traffic` says of a shop that answers like this."""

    def said(answers: Callable[[httpx.Request], httpx.Response]) -> str:
        stack = {"base_url": "http://laptop.test", "program": PROGRAM, "api_key": "pp_test_Ab12Cd34"}
        monkeypatch.setattr(traffic, "kept_on_laptop", lambda name: stack)
        client = partial(httpx.Client, transport=httpx.MockTransport(answers))
        monkeypatch.setattr("ops.traffic.httpx.Client", client)
        return typed("traffic", "--orders", "1")

    return said


@pytest.mark.parametrize("status", [409, 503])
def test_traffic_that_nobody_lets_in_says_what_to_look_at(shop: Callable[..., str], status: int) -> None:
    said = shop(lambda request: httpx.Response(status))
    assert said == (
        f"Error: Nobody can join http://laptop.test/p/{PROGRAM} now: it answers {status}. "
        "`pointpass paused` says what stands still."
    )


def test_traffic_that_is_stopped_on_its_way_says_where(shop: Callable[..., str]) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/join"):
            return httpx.Response(303, headers={"location": "/c/AB?note=joined"})
        return httpx.Response(404 if "phone" in request.url.path else 503)

    assert "The day ended early: POST /demo/shop/orders was answered with 503." in shop(answers)


def test_traffic_without_a_shop_asks_whether_it_runs(shop: Callable[..., str]) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    assert "The laptop system does not answer. Is it running?" in shop(answers)
