"""The doctor looks at tables, queues and secrets: each is spoiled once."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cloud_stand_in import CloudStandIn, refusal
from secret_stand_in import Vaultful
from whole_house import SETTINGS

from chalicelib.errors import TryAgain
from chalicelib.store.tables import ROOMS
from ops.doctor.rows import Check, Row, exit_code, looked
from ops.doctor.storage import check_queues, check_secrets, check_settings, check_tables

DEV = msgspec.structs.replace(SETTINGS, stage="dev")
TABLE = {"TableStatus": "ACTIVE", "StreamSpecification": {"StreamEnabled": True}}
RECOVERY = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}
ENDS = {"TimeToLiveStatus": "ENABLED", "AttributeName": "ends_at"}


def tables(room: str = "", **spoiled: Any) -> CloudStandIn:
    """Seven good tables; in one room something is spoiled."""
    good = {
        "describe_table": {"Table": TABLE},
        "describe_continuous_backups": {"ContinuousBackupsDescription": RECOVERY},
        "describe_time_to_live": {"TimeToLiveDescription": ENDS},
    }

    def answering(operation: str) -> Callable[..., Any]:
        def answer(*, TableName: str) -> Any:  # noqa: N803  # botocore's name
            said = spoiled.get(operation) if TableName == f"pointpass-dev-{room}" else None
            if isinstance(said, Exception):
                raise said
            return said or good[operation]

        return answer

    return CloudStandIn(**{operation: answering(operation) for operation in good})


def states(rows: list[Row]) -> dict[str, str]:
    return {row.about: row.state for row in rows}


def test_tables_as_the_template_makes_them_are_good() -> None:
    assert states(list(check_tables(tables(), DEV))) == {f"table {room}": "good" for room in ROOMS}


@pytest.mark.parametrize(
    ("room", "operation", "answer", "lacks"),
    [
        ("views", "describe_table", refusal("ResourceNotFoundException"), "is not there"),
        ("journal", "describe_table", {"Table": {"TableStatus": "ACTIVE"}}, "its stream"),
        (
            "members",
            "describe_continuous_backups",
            {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED"}},
            "point-in-time recovery",
        ),
        (
            "access",
            "describe_time_to_live",
            {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}},
            "its time to live",
        ),
        (
            "cards",
            "describe_time_to_live",
            {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}},
            "its time to live",
        ),
    ],
)
def test_table_that_lacks_something_is_red_and_the_others_are_not(
    room: str, operation: str, answer: Any, lacks: str
) -> None:
    rows = list(check_tables(tables(room, **{operation: answer}), DEV))
    red = [row for row in rows if row.state == "bad"]
    assert [row.about for row in red] == [f"table {room}"]
    assert lacks in red[0].says
    assert len(rows) == len(ROOMS)


def test_on_a_laptop_tables_are_only_looked_for() -> None:
    cloud = CloudStandIn(describe_table={"Table": {}})
    rows = list(check_tables(cloud, msgspec.structs.replace(SETTINGS, stage="laptop")))
    assert (set(states(rows).values()), len(cloud.asked)) == ({"good"}, len(ROOMS))


def queues(**counts: int) -> CloudStandIn:
    def attributes(*, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        name = QueueUrl.rpartition("/")[2].removeprefix("pointpass-dev-").replace("-", "_")
        return {"Attributes": {AttributeNames[0]: str(counts.get(name, 0)), AttributeNames[1]: "0"}}

    return CloudStandIn(
        get_queue_attributes=attributes,
        get_queue_url=lambda QueueName: {"QueueUrl": f"https://queues.example/{QueueName}"},  # noqa: N803
    )


def test_empty_queues_are_good_and_all_eight_are_looked_at() -> None:
    rows = list(check_queues(queues(), DEV))
    assert (len(rows), set(states(rows).values())) == (8, {"good"})


@pytest.mark.parametrize("name", ["deferred", "cards", "sweeps", "journal", "clock"])
def test_one_message_that_was_given_up_is_red(name: str) -> None:
    rows = list(check_queues(queues(**{f"{name}_parked": 1}), DEV))
    assert [row.about for row in rows if row.state == "bad"] == [f"parked {name}"]


@pytest.mark.parametrize(("count", "state"), [(999, "good"), (1_000, "look")])
def test_many_waiting_messages_are_yellow(count: int, state: str) -> None:
    assert states(list(check_queues(queues(cards=count), DEV)))["queue cards"] == state


def secrets(**changed: str) -> Vaultful:
    store = Vaultful()
    store.texts = {
        "vault": json.dumps({"master": "m"}),
        "apple": json.dumps({"certificate": "c", "key": "k", "intermediate": "i"}),
        "google": json.dumps({"client_email": "e", "private_key": "p"}),
        "post": json.dumps({"password": "p"}),
    } | changed
    return store


ALL = msgspec.structs.replace(SETTINGS, google_issuer_id="3388", google_secret="google", smtp_secret="post")


def test_readable_secrets_are_good_and_never_shown() -> None:
    rows = list(check_secrets(ALL, secrets().fetch))
    assert set(states(rows).values()) == {"good"}
    assert [row.says for row in rows] == ["vault", "apple", "google", "post"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("apple", json.dumps({"certificate": "c", "key": "k"}), "apple lacks intermediate"),
        ("vault", "not json", "vault lacks all: it is no JSON"),
        ("post", json.dumps(["password"]), "post lacks password"),
    ],
)
def test_secret_that_lacks_a_part_is_red_by_the_part(name: str, text: str, says: str) -> None:
    red = [row.says for row in check_secrets(ALL, secrets(**{name: text}).fetch) if row.state == "bad"]
    assert red == [says]


def test_secret_that_is_gone_is_red_and_says_how_to_get_one() -> None:
    store = secrets()
    del store.texts["google"]
    red = [row for row in check_secrets(ALL, store.fetch) if row.state == "bad"]
    assert [(row.about, row.todo) for row in red] == [("secret google", "pointpass google setup")]


def test_wallets_that_the_stage_does_not_have_need_no_secret() -> None:
    none = msgspec.structs.replace(SETTINGS, apple_secret="", apple_pass_type="", apple_team="")
    assert [row.about for row in check_secrets(none, secrets().fetch)] == ["secret vault"]


@pytest.mark.parametrize(
    ("base_url", "state"), [("https://cards.example", "good"), ("http://cards.example", "bad")], ids=["https", "http"]
)
def test_cards_need_an_encrypted_address_outside_the_laptop(base_url: str, state: str) -> None:
    assert [row.state for row in check_settings(msgspec.structs.replace(DEV, base_url=base_url))] == [state]


def test_a_check_that_fails_is_red_without_the_errors_text_and_the_others_go_on() -> None:
    def torn() -> list[Row]:
        raise refusal("AccessDeniedException")

    def late() -> list[Row]:
        raise TryAgain("secrets_unavailable", cause="EndpointConnectionError")

    rows = looked([Check("one", torn), Check("two", late), Check("three", lambda: [Row("three", "good", "well")])])
    assert [(row.about, row.state) for row in rows] == [("one", "bad"), ("two", "bad"), ("three", "good")]
    assert rows[0].says == "could not be asked: AccessDeniedException"
    assert [row.todo.partition(" ")[0] for row in rows[:2]] == ["Whoever", "Is"]
    assert rows[1].says == "could not be asked: secrets unavailable (cause EndpointConnectionError)"


@pytest.mark.parametrize(("state", "code"), [("good", 0), ("look", 0), ("unasked", 0), ("bad", 1)])
def test_only_red_makes_the_exit_code_1(state: Any, code: int) -> None:
    assert exit_code([Row("a", "good", ""), Row("b", state, "")]) == code
