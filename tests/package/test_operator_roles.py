"""Each command, really run between its operator's role and stand-ins of AWS: what it needs, it may."""

import itertools
import shutil
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import pytest
import yaml
from cfnlint import ManualArgs, lint_file
from deployed import ACCOUNT, REGION
from operated_accounts import ISSUER, OWN_PASS_TYPE, OWN_TEAM
from operated_stage import PROGRAM, ROLES, SEED, STAGE, OperatedStage, Played, definition, operated_stage, role_of
from recovery_stand_in import recovery

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

TABLE, SECRETS = (
    f"arn:aws:{kind}"
    for kind in (
        f"dynamodb:{REGION}:{ACCOUNT}:table/pointpass-{STAGE}-",
        f"secretsmanager:{REGION}:{ACCOUNT}:secret:pointpass-{STAGE}",
    )
)
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
    "Secrets": "papers of a pass type of its own are put there by whoever has them, and a mail server's password",
    "Stores": "the doctor looks at AWS",
    "Queues": "as above",
    "Phones": "a torn merge that is mended tells the phones of its account",
    "Stack": "as above",
    "Alarms": "as above",
    "CompareStores": "as above: what was changed by hand (test_drift_role.py)",
    "CompareWork": "as above",
    "CompareSeen": "as above",
    "CompareNameless": "as above",
    "AlarmLetters": "as above",
    "Account": "as above, and SES: its sandbox, its standing and its rates",
    "Rows": "the view of one account is read when it was torn",
    "Repair": "a merge that was torn writes an identity again",
    "RepairCards": "as above, and takes cards along: which entry is torn in this play is left to chance",
    "DropCopies": "the AWS CLI drops them, as docs/runbooks/restore.md says",
    "Logs": "the AWS CLI asks them, as docs/looking.md says",
    "LogAnswers": "as above",
    "Parked": "the AWS CLI sends it back, as docs/runbooks/parked.md says",
    "SendBack": "as above",
    "RehearseKeys": "a rehearsal in a profile with keys of its own",
}
"""Statements of which no command in this play needs every part, and what needs it."""
WITHOUT_RESOURCE = {"Account", "LogAnswers", "CompareNameless"}
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
    _have_papers(stage)
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
    types("pause", "earning", "--connection", "shop")
    stage.keeps(Buyer(6, "fred@example.com", None, "Fred", "Ozols"), "paused")
    types("inbox", "drop", "--connection", "shop", "--dry-run")
    types("inbox", "drop", "--connection", "shop")
    types("inbox", "drop", "--connection", "shop", "--back")
    types("resume", "earning", "--connection", "shop")
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
    types("staff", "remove", "vera")
    types("export", "--personal", "--to", str(stage.folder / "export"))
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    types("connect", "standard", "--wait", "0", "--answer", f"secret={secret}")
    types("rotate", "events", "--answer", f"secret={secret[:-4]}ABCD")


def _have_papers(stage: OperatedStage) -> None:
    types, others = stage.types, stage.accounts
    types("apple", "install", *others.certificate("first"))
    types("apple", "show")
    types("apple", "renew", *others.certificate("second"))
    types("google", "setup", "--issuer", ISSUER, "--key-file", str(others.key_file))
    types("mail", "records", "example.com", "--ses")
    types("mail", "check", "--to", "olga@example.com")
    types("member", "passes", "anna@example.com", "--to", str(stage.folder / "anna"))
    own = others.papers("own", pass_type=OWN_PASS_TYPE, team=OWN_TEAM)
    secret = f"pointpass-{STAGE}-apple/beans"
    pems = {name: getattr(own, name).read_text() for name in ("certificate", "intermediate", "key")}
    stage.cloud.store_secrets({secret: pems})
    types("pass-type", PROGRAM, "--name", OWN_PASS_TYPE, "--team", OWN_TEAM, "--secret", secret)


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
    with recovery(stage.environment["POINTPASS_DYNAMODB_ENDPOINT_URL"]) as dynamodb:
        types("drill", "restore", *aside, dynamodb=dynamodb)
        types("restoring", "begin")
        types("restoring", "copy", "programs", "views", "--at", "2026-06-23T11:59:00Z", dynamodb=dynamodb)
        types("restoring", "end")


@pytest.mark.parametrize(
    "name", sorted(name for name in DEEDS if DEEDS[name].ground == "stage" and DEEDS[name].kind != "here")
)
def test_role_of_a_command_is_enough_for_it(played: Mapping[str, list[Played]], name: str) -> None:
    for told in played[name]:
        assert told.refused == (), told.output
        assert told.exit_code == 0 or (name in REFUSED and REFUSED[name] in told.output), told.output


def test_keeper_may_read_the_password_of_the_mail_server() -> None:
    """Which the stand-in does not ask for: it takes letters from everybody."""
    assert role_of("keeper").allows("secretsmanager:GetSecretValue", f"{SECRETS}-smtp-AbCdEf")


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
        "Decrypt", "DescribeLogGroups", "DescribeStackResource", "FilterLogEvents", "GetFunctionConfiguration",
        "GetItem", "GetObject", "GetQueryResults", "GetSecretValue", "ListBucket", "Query", "Scan", "StartQuery",
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


def test_keeper_asks_how_ses_stands_in_whatever_region_it_is() -> None:
    may = role_of("Keeper")
    assert [may.allows(action, "*") for action in ("ses:GetAccount", "cloudwatch:GetMetricStatistics")] == [True, True]


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
