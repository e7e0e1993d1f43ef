"""Two ways to run the same rooms: what each profile has, for every stage, and what no stage may do without."""

import json
import re

import pytest
from deployed import REGION, Deployed
from described import SAID, Described

from ops.packaging import PackageFailed
from ops.packaging.profiles import PROFILES
from ops.packaging.strict import reserve
from ops.packaging.template import functions, of_type

pytestmark = [pytest.mark.package, pytest.mark.xdist_group("template")]

NO_RESOURCE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""X-Ray knows no resources. Source: docs.aws.amazon.com/service-authorization, "AWS X-Ray"."""
BY_STACK = {"AWS::Events::Rule", "AWS::Lambda::EventSourceMapping"}
"""What SAM gives no tags, whatever it is told: the stack's, which are the same, are theirs (ops/deploying/aws.py)."""
KEPT = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")


@pytest.fixture(scope="module")
def strict(described: Described) -> Deployed:
    return described["prod", "strict"]


@pytest.fixture(scope="module")
def small(described: Described) -> Deployed:
    return described["prod", "small"]


def test_each_package_is_for_one_stage_and_profile(described: Described) -> None:
    for (stage, profile), told in described.items():
        assert told.template["Description"] == f"Pointpass, stage {stage}, profile {profile}"
        assert told.template["Parameters"]["Stage"]["AllowedPattern"] == f"^{stage}$"


def test_no_section_of_ours_is_left_for_cloudformation(described: Described) -> None:
    known = {"AWSTemplateFormatVersion", "Transform", "Description", "Parameters", "Conditions", "Rules"}
    for told in described.values():
        assert told.template.keys() - known == {"Globals", "Outputs", "Resources"}


def test_stages_of_a_profile_have_the_same_resources_and_times(described: Described) -> None:
    for profile in PROFILES:
        dev, prod = described["dev", profile], described["prod", profile]
        assert dev.resources.keys() == prod.resources.keys()
        assert _seconds(dev) == _seconds(prod)


def _seconds(told: Deployed) -> dict[str, int]:
    return {name: made["Properties"]["Timeout"] for name, made in functions(told.template).items()}


def test_both_profiles_send_every_route_to_the_same_door(small: Deployed, strict: Deployed) -> None:
    assert small.routes() == strict.routes()


def test_everything_that_calls_a_function_calls_its_live_version(described: Described) -> None:
    for told in described.values():
        for made in functions(told.template).values():
            assert made["Properties"]["AutoPublishAlias"] == "live"
        for permission in of_type(told.template, "AWS::Lambda::Permission").values():
            assert permission["Properties"]["FunctionName"]["Ref"].endswith(".Alias")
            assert permission["Properties"]["SourceArn"] is not None


def test_no_role_of_any_stage_has_a_wild_action_or_resource(described: Described) -> None:
    for told in described.values():
        for name in functions(told.template):
            for statement in told.role(name).statements:
                assert not [action for action in statement["Action"] if "*" in action], name
                if statement["Resource"] == "*":
                    assert set(statement["Action"]) == NO_RESOURCE


def test_only_the_keys_own_policies_say_star_and_they_mean_the_key(described: Described) -> None:
    """Source: docs.aws.amazon.com/kms, "Key policies in AWS KMS": there `*` is the key that has the policy."""
    for told in described.values():
        for key in of_type(told.template, "AWS::KMS::Key").values():
            for statement in key["Properties"]["KeyPolicy"]["Statement"]:
                assert not [action for action in statement["Action"] if "*" in action]
                assert statement["Principal"] != "*"


def test_outside_dev_a_host_of_ones_own_is_needed(described: Described) -> None:
    for (stage, profile), told in described.items():
        host, certificate = (told.template["Parameters"][name] for name in ("DomainName", "CertificateArn"))
        may_be_empty = (stage, profile) == ("dev", "small")
        assert ("Default" in host) is ("Default" in certificate) is may_be_empty
        assert (re.fullmatch(host["AllowedPattern"], "") is not None) is may_be_empty
        assert re.fullmatch(host["AllowedPattern"], "cards.example.com")
        assert not re.fullmatch(host["AllowedPattern"], "localhost")
        assert "written into every card" in host["ConstraintDescription"]


def test_dev_without_a_host_knows_the_generated_address(described: Described) -> None:
    told = Deployed(described["dev", "small"].template, SAID | {"DomainName": "", "CertificateArn": ""})
    address = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
    assert told.environment()["POINTPASS_BASE_URL"] == address
    assert told.resolve(told.resources["HttpApi"]["Properties"]["DisableExecuteApiEndpoint"]) is False
    with_host = described["dev", "small"]
    assert with_host.environment()["POINTPASS_BASE_URL"] == "https://cards.example.com"
    assert with_host.resolve(with_host.resources["HttpApi"]["Properties"]["DisableExecuteApiEndpoint"]) is True


def test_everything_that_can_carry_tags_carries_them(expanded: Described) -> None:
    """What can is asked of CloudFormation's own schemas, and of what CloudFormation makes."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    without = set()
    for told in expanded.values():
        for name, made in told.resources.items():
            schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", made["Type"]).schema
            place = next((each for each in ("Tags", "ResourceTags") if each in schema["properties"]), "")
            tags = made["Properties"].get(place, [])
            pairs = tags if isinstance(tags, dict) else {each["Key"]: each["Value"] for each in tags}
            ours = {key: value for key, value in pairs.items() if not key.startswith("lambda:")}
            if place and not tags:
                without.add(made["Type"])
            elif place:
                assert ours == {"application": "pointpass", "stage": {"Ref": "Stage"}}, name
    assert without == BY_STACK


def test_small_has_no_keys_no_firewall_and_reserves_nothing(small: Deployed) -> None:
    kinds = {made["Type"] for made in small.resources.values()}
    assert not kinds & {"AWS::KMS::Key", "AWS::WAFv2::WebACL", "AWS::Serverless::Api"}
    for made in functions(small.template).values():
        assert not {"ReservedConcurrentExecutions", "DeploymentPreference"} & made["Properties"].keys()
        assert made["Properties"]["Tracing"] == "PassThrough"


def test_limits_of_both_front_doors_are_parameters(small: Deployed, strict: Deployed) -> None:
    route = small.resources["HttpStage"]["Properties"]["DefaultRouteSettings"]
    (method,) = strict.resources["RestAPI"]["Properties"]["MethodSettings"]
    for told, limits in ((small, route), (strict, method)):
        assert told.resolve(limits["ThrottlingRateLimit"]) == 100
        assert told.resolve(limits["ThrottlingBurstLimit"]) == 200


def test_rest_api_has_one_address_exact_bytes_and_logs_no_bodies(strict: Deployed) -> None:
    api = strict.resources["RestAPI"]["Properties"]
    assert api["EndpointConfiguration"] == "REGIONAL"
    assert api["DisableExecuteApiEndpoint"] is True
    assert api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert api["MethodSettings"][0]["DataTraceEnabled"] is False
    assert "EndpointURL" not in strict.template["Outputs"]


def test_strict_keeps_facts_under_keys_of_its_own_that_turn(strict: Deployed) -> None:
    data, seals = (strict.resolve({"Fn::GetAtt": [name, "Arn"]}) for name in ("DataKey", "SealsKey"))
    for key in of_type(strict.template, "AWS::KMS::Key").values():
        assert key["Properties"]["EnableKeyRotation"] is True
    for table in of_type(strict.template, "AWS::DynamoDB::Table").values():
        assert strict.resolve(table["Properties"]["SSESpecification"]["KMSMasterKeyId"]) == data
    for queue in of_type(strict.template, "AWS::SQS::Queue").values():
        assert queue["Properties"]["KmsMasterKeyId"] == {"Ref": "DataKey"}
    may = {name: strict.role(name) for name in functions(strict.template)}
    assert [name for name, role in may.items() if role.allows("kms:GenerateDataKey", seals)] == ["OnNight"]
    assert all(role.allows("kms:Decrypt", data) for role in may.values())
    assert not may["Wallets"].allows("kms:Decrypt", seals)


def test_strict_reserves_for_every_function_and_leaves_sources_their_room(strict: Deployed) -> None:
    for name, made in functions(strict.template).items():
        reserved = made["Properties"]["ReservedConcurrentExecutions"]
        assert reserved >= 1
        for source in made["Properties"].get("Events", {}).values():
            assert source["Properties"].get("ScalingConfig", {}).get("MaximumConcurrency", 0) <= reserved, name


def test_function_that_nobody_reserved_for_is_refused() -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {}}
    with pytest.raises(PackageFailed, match="other functions than there are: OnMoon"):
        reserve({"Reserved": {}, "Resources": {"OnMoon": function}})
    source = {"Properties": {"ScalingConfig": {"MaximumConcurrency": 5}}}
    busy = {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Queue": source}}}
    with pytest.raises(PackageFailed, match="OnMoon runs 5 at once, 4 are reserved"):
        reserve({"Reserved": {"OnMoon": 4}, "Resources": {"OnMoon": busy}})


def test_strict_rolls_doors_out_slowly_and_takes_them_back_by_alarm(strict: Deployed) -> None:
    slow = {
        name: made["Properties"]["DeploymentPreference"]
        for name, made in functions(strict.template).items()
        if "DeploymentPreference" in made["Properties"]
    }
    assert slow.keys() == {"Hooks", "Wallets", "Pages", "StoresApi"}
    for name, preference in slow.items():
        assert preference["Type"] == "Canary10Percent5Minutes"
        alarms = [each["Ref"] for each in preference["Alarms"]]
        assert alarms == [f"{name}ErrorsAlarm", "RequestsBrokeAlarm"]
        assert set(alarms) <= strict.resources.keys()


def test_what_holds_facts_outlives_the_stack(described: Described) -> None:
    for told in described.values():
        for name, made in told.resources.items():
            if made["Type"] in KEPT:
                assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain"), name


def test_dashboard_shows_names_that_are_there(strict: Deployed) -> None:
    board = strict.resources["StageDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    named = {name.partition(".")[0] for name in re.findall(r"\$\{([^}]+)\}", board)}
    assert named - {"Stage", "AWS::Region"} <= strict.resources.keys()
    widgets = json.loads(board)["widgets"]
    assert all(widget["x"] + widget["width"] <= 24 for widget in widgets)
    assert "Deferred" in board


@pytest.mark.parametrize(("region", "rings"), [(REGION, True), ("us-east-1", False), ("", False)])
def test_rates_of_ses_ring_where_it_is_in_the_stages_own_region(small: Deployed, region: str, rings: bool) -> None:
    """CloudWatch keeps them in the region of the SES, and an alarm sees its own alone."""
    told = Deployed(small.template, {**SAID, "SesRegion": region})
    assert small.resources["MailBouncesAlarm"]["Condition"] == "MailBySesHere"
    assert told.resolve({"Fn::If": ["MailBySesHere", True, False]}) is rings


def test_few_alarms_are_few(small: Deployed, strict: Deployed) -> None:
    few, many = (len(of_type(told.template, "AWS::CloudWatch::Alarm")) for told in (small, strict))
    assert few == 25
    assert many == few + 5 + 3 * len(functions(strict.template))
