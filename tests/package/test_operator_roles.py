"""Each command, really run between its operator's role and stand-ins of AWS: what it needs, it may."""

import itertools
import shutil
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import pytest
import yaml
from cfnlint import ManualArgs, lint_file
from deployed import ACCOUNT, REGION
from operated_stage import PROGRAM, ROLES, SEED, STAGE, OperatedStage, Played, definition, operated_stage, role_of

from ops.auditing.deeds import DEEDS
from ops.laptop.engine import Engine
from ops.laptop.home import PROJECT
from ops.laptop.shopify_books import Buyer

pytestmark = [
    pytest.mark.package,
    pytest.mark.xdist_group("operators"),
    # A command's connections end with its process; here one process types them all.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

WRITES = ("Put", "Update", "Delete", "Create", "Send")

NOT_PLAYED: Mapping[str, str] = {
    "apple install": "asks for a certificate of Apple's; its calls are those of APPLE",
    "apple renew": "as above",
    "apple show": "as above",
    "drill restore": "puts tables back by DynamoDB's recovery, which no stand-in has; its calls are those of DRILL",
    "google setup": "asks for an answer of Google; its calls are those of APPLE",
    "mail check": "writes a letter; what it asks AWS is among MAIL",
    "mail records": "asks SES, which no stand-in has; its calls are those of MAIL",
    "member passes": "signs with Apple's papers; its calls are those of APPLE",
    "pass-type": "as above",
}
TABLE, SECRETS = (
    f"arn:aws:{kind}"
    for kind in (
        f"dynamodb:{REGION}:{ACCOUNT}:table/pointpass-{STAGE}-",
        f"secretsmanager:{REGION}:{ACCOUNT}:secret:pointpass-{STAGE}",
    )
)
APPLE = [(f"secretsmanager:{action}SecretValue", f"{SECRETS}-apple-AbCdEf") for action in ("Get", "Put")]
DRILL = [
    ("dynamodb:DescribeContinuousBackups", f"{TABLE}journal"),
    ("dynamodb:RestoreTableToPointInTime", f"{TABLE}journal"),
    ("dynamodb:DescribeTable", f"{TABLE}drill-journal"),
    ("dynamodb:DeleteTable", f"{TABLE}drill-journal"),
]
MAIL = [
    ("secretsmanager:GetSecretValue", f"{SECRETS}-smtp-AbCdEf"),
    ("ses:GetAccount", "*"),
    ("ses:PutAccountSuppressionAttributes", "*"),
    *(
        (f"ses:{action}", f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com")
        for action in ("CreateEmailIdentity", "GetEmailIdentity", "PutEmailIdentityMailFromAttributes")
    ),
]
REFUSED = {
    "trace": "nobody has a card of this account",
    "draw tickets": "0 tickets",
    "draw winners": "Nobody has a ticket.",
}
"""Commands that end with a no on this stage, and what they say: they have read all that they needed for it."""
SELDOM: Mapping[str, str] = {
    "Find": "a stage is found by CloudFormation; the play says its settings in the environment",
    "Settings": "as above",
    "OpenKeys": "a profile with keys of its own",
    "CloseKeys": "as above",
    "ForgetKept": "a delivery of somebody who is forgotten was kept",
    "Mail": "see MAIL",
    "Secrets": "see APPLE",
    "Stores": "the doctor looks at AWS",
    "Queues": "as above",
    "Phones": "a torn merge that is mended tells the phones of its account",
    "Stack": "as above",
    "Alarms": "as above",
    "Account": "as above, and the sandbox of SES",
    "Rows": "the view of one account is read when it was torn",
    "Repair": "a merge that was torn writes an identity again",
    "RepairCards": "as above, and takes cards along: which entry is torn in this play is left to chance",
    "Source": "see DRILL",
    "Rehearse": "see DRILL",
    "RehearseKeys": "see DRILL",
}
"""Statements of which no command in this play needs every part, and what needs it."""
WITHOUT_RESOURCE = {"Account"}
"""Statements whose actions know no resource."""


@pytest.fixture(autouse=True)
def ground() -> None:
    """Commands find this stage as they find any, and their lines go into its bucket."""


@pytest.fixture(scope="module")
def stage(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatedStage]:
    with operated_stage(engine, tmp_path_factory.mktemp("operated")) as made:
        yield made


@pytest.fixture(scope="module")
def played(stage: OperatedStage) -> Mapping[str, list[Played]]:
    play(stage)
    found: dict[str, list[Played]] = {}
    for each in stage.played:
        found.setdefault(each.name, []).append(each)
    return found


def play(stage: OperatedStage) -> None:
    """A day of every operator."""
    names = ("anna", "boris", "clara")
    people = [Buyer(number, f"{name}@example.com", None, name.title(), "Ozola") for number, name in enumerate(names, 1)]
    accounts = [stage.joins(str(person.email)) for person in people]
    stage.is_brought(accounts[2], by=accounts[0])
    for person in people:
        stage.buys(person, 30_000)
    _by_hand(stage, accounts)
    _keep(stage)
    _publish(stage)
    _restore(stage)
    _look(stage)


def _by_hand(stage: OperatedStage, accounts: list[str]) -> None:
    types = stage.types
    types("adjust", "anna@example.com", "50", "--reason", "a gift")
    types("level", "anna@example.com", "Gold", "--reason", "a gift")
    types("member", "set", "anna@example.com", "--attribute", "student=yes")
    types("household", "join", "anna@example.com", "boris@example.com", "--household", "home")
    types("household", "show", "anna@example.com")
    types("household", "leave", "boris@example.com")
    types("merge", "boris@example.com", "anna@example.com", "--reason", "one person")
    types("unmerge", accounts[1])
    types("referral", "list")
    types("referral", "release", accounts[2])
    types("referral", "refuse", accounts[2])
    code = stage.printed(types("voucher", "issue", "gift-card", "--worth", "25.00", "--reference", "sale-1"))
    types("voucher", "look", code)
    types("voucher", "use", code, "10.50", "--goods", "12", "--reference", "till-1")
    types("voucher", "give-back", code, "2.50", "--reference", "till-1")
    codes = stage.folder / "codes.txt"
    codes.write_text("FILM-1\nFILM-2\n")
    types("voucher", "bring", "cinema", str(codes))
    types("voucher", "undo", stage.exchanges(accounts[0]))
    types("draw", "tickets", "winter", str(stage.folder / "tickets.csv"))
    types("draw", "winners", "winter", "--seed", SEED)
    types("settle", "--month", "2026-06")
    number = stage.keeps(Buyer(4, "dora@example.com", None, "Dora", "Ozola"))
    types("inbox", "list")
    types("inbox", "show", number)
    types("inbox", "replay", number)
    types("inbox", "replay", number, "--yes")
    types("trace", str(stage.order))
    with stage.shop_with_books() as connection:
        types("reconcile", connection)
    for what in ("earning", "redeeming"):
        types("pause", what)
        types("paused", "--trail", "5")
        types("resume", what)
    types("member", "export", "clara@example.com", "--to", str(stage.folder / "clara.json"))
    types("member", "erase", "clara@example.com", "--dry-run")
    types("member", "erase", "clara@example.com")


def _look(stage: OperatedStage) -> None:
    for words in (
        "liability", "member show anna@example.com", "nps", "phones", "report", "statement anna@example.com",
        "totals", "trail", "verify --seal", "waiting",
    ):  # fmt: skip
        stage.types(*words.split())


def _keep(stage: OperatedStage) -> None:
    types = stage.types
    types("key", "create", "till", "--scope", "read")
    (key,) = stage.house.keys.of(stage.program)
    types("key", "list")
    types("key", "rotate", key.id)
    types("key", "revoke", key.id)
    types("staff", "add", "vera", "--role", "cashier")
    types("staff", "role", "vera", "manager")
    types("staff", "password", "vera")
    types("staff", "disable", "vera")
    types("staff", "enable", "vera")
    types("staff", "list")
    types("export", "--personal", "--to", str(stage.folder / "export"))
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    types("connect", "standard", "--wait", "0", "--answer", f"secret={secret}")
    types("rotate", "events", "--answer", f"secret={secret[:-4]}ABCD")


def _publish(stage: OperatedStage) -> None:
    types, file = stage.types, stage.folder / f"{PROGRAM}.yaml"
    shutil.copytree(PROJECT / "programs" / PROGRAM, stage.folder / PROGRAM)
    file.write_text(definition().replace("give: 1 bean per 1 EUR", "give: 2 beans per 1 EUR", 1))
    types("publish", str(file), "--yes")
    old, new = (version.sha[:12] for version in stage.program.versions)
    types("reprice", "--version", old, "--with", new)
    types("reprice", "--version", old, "--with", new, "--do")
    types("republish", PROGRAM)
    types("message", PROGRAM, "--text", "en=The pie is back", "--text", "ru=Пирог снова здесь", "--dry-run")
    types("message", PROGRAM, "--text", "en=The pie is back", "--text", "ru=Пирог снова здесь")


def _restore(stage: OperatedStage) -> None:
    types = stage.types
    types("repair")
    aside = ("--aside", str(stage.folder / "aside"))
    types("repair", "--do", *aside)
    types("night")
    stage.tears()
    types("restoring", "begin")
    types("repair", "--do", *aside)
    types("restoring", "end")
    types("reseal", "--reason", "tables were put back")


@pytest.mark.parametrize(
    "name", sorted(name for name in DEEDS if DEEDS[name].ground == "stage" and DEEDS[name].kind != "here")
)
def test_role_of_a_command_is_enough_for_it(played: Mapping[str, list[Played]], name: str) -> None:
    if name in NOT_PLAYED:
        assert name not in played
        return
    for told in played[name]:
        assert told.refused == (), told.output
        assert told.exit_code == 0 or REFUSED[name] in told.output, told.output


@pytest.mark.parametrize(("role", "needed"), [("keeper", APPLE), ("restorer", DRILL), ("keeper", MAIL)])
def test_role_is_enough_for_what_no_stand_in_has(role: str, needed: list[tuple[str, str]]) -> None:
    may = role_of(role)
    assert [each for each in needed if not may.allows(*each)] == []


def test_changing_commands_were_seen_to_change(played: Mapping[str, list[Played]]) -> None:
    """A play in which nothing was written would prove nothing."""
    idle = {
        name
        for name, told in played.items()
        if DEEDS[name].kind in ("changes", "destroys") and not any(_writes(each) for each in told)
    }
    assert idle - REFUSED.keys() == set()


@pytest.mark.parametrize("name", ["adjust", "key create", "publish", "restoring begin", "voucher bring"])
def test_reader_changes_nothing(stage: OperatedStage, played: Mapping[str, list[Played]], name: str) -> None:
    told = stage.types(*played[name][0].words, role="reader")
    assert told.exit_code == 1
    assert "Nothing was changed" in told.output
    assert _writes(told) - set(told.refused) == set()


def test_reader_may_only_read() -> None:
    actions = {action.partition(":")[2] for rule in role_of("reader").allowed() for action in rule["Action"]}
    assert actions == {
        "Decrypt", "DescribeStackResource", "GetFunctionConfiguration", "GetItem", "GetObject", "GetSecretValue",
        "ListBucket", "Query", "Scan",
    }  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_role_has_no_wild_action_and_names_what_it_touches(role: str) -> None:
    for rule in role_of(role).allowed():
        assert not [action for action in rule["Action"] if "*" in action]
        assert rule["Resource"] != "*" or rule["Sid"] in WITHOUT_RESOURCE


@pytest.mark.parametrize("role", ROLES)
def test_role_of_one_stage_touches_no_other(role: str) -> None:
    may = role_of(role)
    for action in ("GetItem", "PutItem", "Query", "Scan", "DeleteItem", "DeleteTable"):
        assert not may.allows(f"dynamodb:{action}", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/pointpass-dev-journal")
    assert not may.allows("s3:PutObject", f"arn:aws:s3:::pointpass-dev-seals-{ACCOUNT}/_trail/2026-11/x/begun.json")
    assert not may.allows(
        "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:pointpass-dev/shop-AbCdEf"
    )


@pytest.mark.parametrize("role", ["Operator", "Publisher", "Keeper"])
def test_entries_of_the_journal_stay_as_they_are(role: str) -> None:
    may = role_of(role)
    for action in ("UpdateItem", "DeleteItem", "BatchWriteItem"):
        assert not may.allows(f"dynamodb:{action}", f"{TABLE}journal")


@pytest.mark.parametrize("role", ROLES)
def test_nobody_removes_a_line_of_the_trail(role: str) -> None:
    line = f"arn:aws:s3:::pointpass-{STAGE}-seals-{ACCOUNT}/_trail/2026-11/001795398294133-a1/begun.json"
    may = role_of(role)
    assert may.allows("s3:GetObject", line)
    assert may.allows("s3:PutObject", line) == (role != "Reader")
    assert not any(may.allows(f"s3:{action}", line) for action in ("DeleteObject", "DeleteObjectVersion"))


def test_bucket_itself_lets_nobody_replace_or_remove_a_line() -> None:
    template = yaml.safe_load((PROJECT / "infra" / "seals.yaml").read_text())
    rules = template["Resources"]["SealsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    told = {rule["Sid"]: rule for rule in rules}
    trail = {"Fn::Sub": "${SealsBucket.Arn}/_trail/*"}
    for name, actions in (
        ("TrailIsAddedTo", "s3:PutObject"),
        ("TrailStays", ["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    ):
        rule = told[name]
        assert (rule["Effect"], rule["Principal"], rule["Action"], rule["Resource"]) == ("Deny", "*", actions, trail)
    assert told["TrailIsAddedTo"]["Condition"] == {"Null": {"s3:if-none-match": "true"}}


def test_template_is_linted() -> None:
    file = PROJECT / "infra" / "operator-roles.yaml"
    assert lint_file(file, config=ManualArgs(regions=[REGION])) == []


def test_no_role_may_do_what_none_of_its_commands_does(played: Mapping[str, list[Played]]) -> None:
    """What all share is held against all of them, what is a role's own against that role's commands."""
    used: dict[str, set[tuple[str, str]]] = {}
    for told in itertools.chain(*played.values()):
        used.setdefault(told.role, set()).update(told.used)
    everybody = set().union(*used.values())
    shared = {rule["Sid"] for rule in role_of("reader").allowed()} | {"Add"}
    idle = set()
    for role in map(str.lower, ROLES):
        for rule in role_of(role).allowed():
            seen = everybody if rule["Sid"] in shared else used[role]
            resources = [rule["Resource"]] if isinstance(rule["Resource"], str) else rule["Resource"]
            for action, resource in itertools.product(rule["Action"], resources):
                if not any(action == did and fnmatchcase(it, resource) for did, it in seen):
                    idle.add(rule["Sid"])
    assert idle - SELDOM.keys() == set()


def _writes(told: Played) -> set[tuple[str, str]]:
    return {each for each in told.used if each[0].partition(":")[2].startswith(WRITES) and "/_trail/" not in each[1]}
