"""The template's promises: who may do what, what outlives a mistake, and where failures wait for a person."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from deployed import Deployed, Role
from described import Described

from chalicelib.config import Settings
from chalicelib.store.tables import DUE, ROOMS
from ops.laptop.home import PROJECT
from ops.package import RUNTIME, Package, stages
from ops.packaging import PackageFailed, template
from ops.packaging.doors import DOORS
from ops.packaging.template import functions, of_type

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

JOURNAL = "table/pointpass-dev-journal"
DOCUMENTS = "table/pointpass-dev-documents"
SHOPIFY_SECONDS = 5
"""After this, Shopify has hung up. Source: shopify.dev, "HTTPS webhook delivery"."""

WILD = {
    "arn:aws:s3:::pointpass-dev-inbox-123456789012/*": "the objects of one bucket",
    "arn:aws:s3:::pointpass-dev-inbox-123456789012/*/paused/*": "those of them that wait for the end of a pause",
    "arn:aws:s3:::pointpass-dev-seals-123456789012/*": "the objects of one bucket",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pointpass-dev-vault-??????": "AWS chooses the end",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pointpass-dev-apple-??????": "AWS chooses the end",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pointpass-dev-google-??????": "AWS chooses the end",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pointpass-dev-smtp-??????": "AWS chooses the end",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pointpass-dev/*": "connections are made by their owners",
    "arn:aws:secretsmanager:eu-central-1:123456789012:secret:pointpass-dev-apple/*": "so are programs' pass types",
}
"""Every wild card that a role may hold, and why. Log groups have one that AWS itself puts at the end of their name."""


def test_cfn_lint_finds_nothing_after_the_serverless_transform_either(expanded: Described, tmp_path: Path) -> None:
    """Before it, each template was linted when it was made."""
    for (stage, profile), told in expanded.items():
        (tmp_path / f"{stage}-{profile}.json").write_text(json.dumps(told.template))
    linter = Path(sys.executable).with_name("cfn-lint")
    run = subprocess.run([linter, *sorted(tmp_path.glob("*.json"))], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def test_new_version_of_a_strict_door_goes_back_by_itself_when_its_alarms_ring(
    expanded: Described,
) -> None:
    """Read in the template: no stand-in plays CodeDeploy."""
    groups = of_type(expanded["prod", "strict"].template, "AWS::CodeDeploy::DeploymentGroup")
    aliases = of_type(expanded["prod", "strict"].template, "AWS::Lambda::Alias")
    assert groups.keys() == {f"{door.name}DeploymentGroup" for door in DOORS}
    for door in DOORS:
        told = groups[f"{door.name}DeploymentGroup"]["Properties"]
        assert "DEPLOYMENT_STOP_ON_ALARM" in told["AutoRollbackConfiguration"]["Events"]
        assert told["AutoRollbackConfiguration"]["Enabled"] is told["AlarmConfiguration"]["Enabled"] is True
        rung = [alarm["Name"]["Ref"] for alarm in told["AlarmConfiguration"]["Alarms"]]
        assert rung == [f"{door.name}ErrorsAlarm", "RequestsBrokeAlarm"]
        moved = aliases[f"{door.name}Aliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        assert moved["DeploymentGroupName"] == {"Ref": f"{door.name}DeploymentGroup"}
    assert not of_type(expanded["dev", "small"].template, "AWS::CodeDeploy::DeploymentGroup")


def test_each_function_has_a_role_of_its_own(deployed: Deployed) -> None:
    named = [made["Properties"]["Role"]["Fn::GetAtt"][0] for made in functions(deployed.template).values()]
    assert len(set(named)) == len(named) == len(of_type(deployed.template, "AWS::IAM::Role"))


def test_no_role_has_a_wild_card_that_is_not_listed(roles: Mapping[str, Role]) -> None:
    held = {
        wanted
        for role in roles.values()
        for statement in role.allowed()
        for wanted in ([statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"])
        if "*" in wanted or "?" in wanted
    }
    assert {wanted for wanted in held if ":log-group:" not in wanted} == WILD.keys()
    assert all(wanted.count("*") == 1 and wanted.endswith(":*") for wanted in held if ":log-group:" in wanted)


def test_no_role_has_a_wild_action_or_allows_by_exception(roles: Mapping[str, Role]) -> None:
    for role in roles.values():
        for statement in role.statements:
            assert statement.keys() == {"Sid", "Effect", "Action", "Resource"}
            assert not [action for action in statement["Action"] if "*" in action or "?" in action]


def test_nobody_can_change_or_remove_an_entry_of_the_journal(roles: Mapping[str, Role]) -> None:
    may = {name: role.actions("dynamodb", f"*{JOURNAL}") for name, role in roles.items()}
    posting = {"Hooks", "Pages", "StoresApi", "OnDeferred", "OnJournal", "OnSchedule", "OnSweeps"}
    assert {name for name, actions in may.items() if "PutItem" in actions} == {*posting, "OnNight"}
    assert all(may[name] == {"Query", "PutItem"} for name in posting)
    assert may["OnNight"] == {"Query", "Scan", "PutItem"}
    assert set().union(*may.values()) == {"Query", "PutItem", "Scan"}


def test_changing_the_journal_is_denied_whatever_a_policy_file_allows(deployed: Deployed) -> None:
    journal = f"arn:aws:dynamodb:eu-central-1:123456789012:{JOURNAL}"
    for name in functions(deployed.template):
        loose = {"Effect": "Allow", "Action": ["dynamodb:UpdateItem", "dynamodb:DeleteItem"], "Resource": journal}
        role = Role((*deployed.role(name).statements, loose))
        assert not role.allows("dynamodb:UpdateItem", journal)
        assert not role.allows("dynamodb:DeleteItem", journal)


def test_who_turns_points_into_vouchers_may_write_what_is_given_out(roles: Mapping[str, Role]) -> None:
    """The stream does it as soon as there are enough points, the night in certain months."""
    may = {name: role.actions("dynamodb", f"*{DOCUMENTS}") for name, role in roles.items()}
    assert may["OnJournal"] == {"GetItem", "PutItem", "UpdateItem"}
    assert may["OnNight"] == {"GetItem", "Scan", "PutItem"}


def test_every_function_may_write_to_its_own_log_alone(deployed: Deployed, roles: Mapping[str, Role]) -> None:
    for name, made in functions(deployed.template).items():
        group = made["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
        arn = deployed.resolve({"Fn::GetAtt": [group, "Arn"]})
        assert roles[name].actions("logs", arn) == roles[name].actions("logs") == {"CreateLogStream", "PutLogEvents"}


def test_every_log_ends(deployed: Deployed) -> None:
    groups = of_type(deployed.template, "AWS::Logs::LogGroup").values()
    assert {deployed.resolve(group["Properties"]["RetentionInDays"]) for group in groups} == {30}
    assert len(groups) == len(functions(deployed.template))


def test_every_setting_that_has_no_default_is_given_to_the_functions(deployed: Deployed) -> None:
    settings = Settings.from_environment(deployed.environment())
    assert settings.stage == "dev"
    assert settings.base_url == "https://cards.example.com"
    known = {f"POINTPASS_{name.upper()}" for name in Settings.__struct_fields__}
    assert deployed.environment().keys() <= known


def test_every_room_has_its_table_under_the_name_that_the_house_uses(deployed: Deployed) -> None:
    settings = Settings.from_environment(deployed.environment())
    tables = of_type(deployed.template, "AWS::DynamoDB::Table").values()
    assert {deployed.resolve(table["Properties"]["TableName"]) for table in tables} == {
        settings.table(room) for room in ROOMS
    }


def test_tables_survive_mistakes_and_forget_what_has_ended(deployed: Deployed) -> None:
    prod = Deployed(deployed.template, {**deployed.parameters, "Stage": "prod"})
    for table in of_type(deployed.template, "AWS::DynamoDB::Table").values():
        told = table["Properties"]
        assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
        assert told["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert told["BillingMode"] == "PAY_PER_REQUEST"
        assert told["TimeToLiveSpecification"] == {"AttributeName": "ends_at", "Enabled": True}
        assert prod.resolve(told["DeletionProtectionEnabled"]) is True
        assert deployed.resolve(told["DeletionProtectionEnabled"]) is False


def test_the_journal_alone_streams_and_shows_what_was_changed(deployed: Deployed) -> None:
    tables = of_type(deployed.template, "AWS::DynamoDB::Table")
    streaming = {name: made["Properties"]["StreamSpecification"] for name, made in tables.items() if _streams(made)}
    assert streaming == {"JournalTable": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}


def _streams(table: Mapping[str, Any]) -> bool:
    return "StreamSpecification" in table["Properties"]


def test_inbox_is_encrypted_private_and_forgets_after_thirty_days(deployed: Deployed) -> None:
    inbox = deployed.resources["InboxBucket"]["Properties"]
    assert set(inbox["PublicAccessBlockConfiguration"].values()) == {True}
    assert inbox["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    (rule,) = inbox["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], deployed.resolve(rule["ExpirationInDays"])) == ("Enabled", 30)
    assert "Prefix" not in rule
    assert "VersioningConfiguration" not in inbox  # an old version would outlive the thirty days
    (denied,) = deployed.resources["InboxBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (denied["Effect"], denied["Principal"], denied["Action"]) == ("Deny", "*", "s3:*")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_due_index_is_the_one_that_the_store_asks(deployed: Deployed) -> None:
    tables = of_type(deployed.template, "AWS::DynamoDB::Table")
    indexed = {name: made["Properties"].get("GlobalSecondaryIndexes") for name, made in tables.items()}
    (told,) = indexed.pop("ViewsTable")
    assert (told["IndexName"], told["KeySchema"]) == (DUE.name, DUE.key_schema)
    assert told["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert all(each in tables["ViewsTable"]["Properties"]["AttributeDefinitions"] for each in DUE.key_types)
    assert set(indexed.values()) == {None}


def test_seals_are_encrypted_private_and_never_forgotten_or_replaced(
    deployed: Deployed, roles: Mapping[str, Role]
) -> None:
    seals = deployed.resources["SealsBucket"]
    assert (seals["DeletionPolicy"], seals["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert set(seals["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert seals["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert seals["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "LifecycleConfiguration" not in seals["Properties"]
    objects = deployed.resolve({"Fn::Sub": "${SealsBucket.Arn}/*"})
    may = {name: role.actions("s3", objects) for name, role in roles.items()}
    assert may.pop("OnNight") == {"GetObject", "PutObject"}
    assert set().union(*may.values()) == set()


def test_webhooks_are_given_up_when_their_sender_has(deployed: Deployed) -> None:
    hooks = deployed.resources["Hooks"]["Properties"]
    settings = Settings.from_environment(deployed.environment())
    assert settings.webhook_seconds < hooks["Timeout"] <= SHOPIFY_SECONDS


def test_no_function_holds_a_secret_in_its_environment(deployed: Deployed) -> None:
    for function in functions(deployed.template).values():
        assert "Environment" not in function["Properties"]
    parameters = {name for name in deployed.template["Parameters"] if name.endswith("Secret")}
    given = {name.removeprefix("POINTPASS_") for name in deployed.environment() if name.endswith("SECRET")}
    assert {name.removesuffix("Secret").upper() + "_SECRET" for name in parameters} == given


def test_same_source_makes_the_same_template(made: Package, tmp_path: Path) -> None:
    """From what Chalice made on: doors, profile, alarms and tags once more."""
    told = json.loads((made.zipped.parent / "work" / "chalice" / "sam.json").read_text())
    settings = template.Settings.read(PROJECT / ".chalice", "dev", "small")
    template.write(template.finished(told, settings, runtime=RUNTIME), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == made.template.read_bytes()


def test_package_of_one_stage_cannot_be_deployed_as_another(deployed: Deployed) -> None:
    assert deployed.template["Parameters"]["Stage"]["AllowedPattern"] == "^dev$"
    assert stages() == ["dev", "prod"]


def test_function_on_another_python_than_the_packages_is_refused() -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.9"}}
    settings = template.Settings("dev", "small", {}, {})
    with pytest.raises(PackageFailed, match=r"OnCards runs on python3\.9"):
        template.finished({"Resources": {"OnCards": function}}, settings, runtime=RUNTIME)
