"""A packaged template as if it had been deployed: its intrinsic functions resolved, and its roles asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

REGION, ACCOUNT = "eu-central-1", "123456789012"
_PSEUDO = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
_NO_VALUE = object()


@dataclass(frozen=True)
class Deployed:
    """`parameters`: what an operator says; defaults of the template hold for the rest."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]

    @property
    def resources(self) -> Mapping[str, Any]:
        resources: Mapping[str, Any] = self.template["Resources"]
        return resources

    def environment(self) -> dict[str, str]:
        """What every function finds in its environment."""
        variables = self.template["Globals"]["Function"]["Environment"]["Variables"]
        return {name: self.resolve(value) for name, value in variables.items()}

    def queue(self, name: str) -> dict[str, Any]:
        """The properties of a queue."""
        return dict(self.resolve(self.resources[name]["Properties"]))

    def routes(self) -> Mapping[str, Mapping[str, str]]:
        """The door of each path and method, as the front door of either profile sends them."""
        found: dict[str, dict[str, str]] = {}
        for made in self.resources.values():
            if made["Type"] == "AWS::ApiGatewayV2::Route":
                method, path = made["Properties"]["RouteKey"].split(" ")
                integration = self.resources[made["Properties"]["Target"]["Fn::Sub"].partition("${")[2].rstrip("}")]
                found.setdefault(path, {})[method] = _door(integration["Properties"]["IntegrationUri"])
        if "RestAPI" in self.resources:
            for path, methods in self.resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].items():
                for method, told in methods.items():
                    _, names = told["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                    found.setdefault(path, {})[method.upper()] = _door(names["Live"])
        return found

    def role(self, function: str) -> "Role":
        named = self.resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
        policies = self.resources[named]["Properties"]["Policies"]
        return Role(tuple(self.resolve(rule) for policy in policies for rule in policy["PolicyDocument"]["Statement"]))

    def resolve(self, value: Any) -> Any:
        """A value of the template with every intrinsic function in it worked out."""
        worked_out = value
        match value:
            case {"Ref": name}:
                worked_out = self._ref(name)
            case {"Fn::GetAtt": [name, attribute]}:
                worked_out = self._attribute(name, attribute)
            case {"Fn::Sub": str(text)}:
                worked_out = re.sub(r"\$\{([^}]+)\}", lambda found: str(self._named(found[1])), text)
            case {"Fn::If": [condition, yes, no]}:
                worked_out = self.resolve(yes if self._holds(self.template["Conditions"][condition]) else no)
            case dict():
                worked_out = {key: self.resolve(part) for key, part in value.items()}
            case list():
                worked_out = [part for part in map(self.resolve, value) if part is not _NO_VALUE]
        return worked_out

    def _named(self, name: str) -> Any:
        resource, _, attribute = name.partition(".")
        return self._attribute(resource, attribute) if attribute else self._ref(name)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.template["Parameters"]:
            told = self.template["Parameters"][name]
            return self.parameters[name] if name in self.parameters else told["Default"]
        return self._physical(name)

    def _physical(self, name: str) -> str:
        """What a reference to a resource gives. A queue's is its address, which the test's own queues replace."""
        properties = self.resources[name]["Properties"]
        match self.resources[name]["Type"]:
            case "AWS::ApiGatewayV2::Api":
                return "a1b2c3d4e5"
            case "AWS::S3::Bucket":
                return str(self.resolve(properties["BucketName"]))
            case "AWS::SQS::Queue":
                return f"http://sqs.example/{ACCOUNT}/{self.resolve(properties['QueueName'])}"
        raise LookupError(name)

    def _attribute(self, name: str, attribute: str) -> str:
        properties = self.resources[name]["Properties"]
        where = f"{REGION}:{ACCOUNT}"
        match self.resources[name]["Type"], attribute:
            case "AWS::DynamoDB::Table", "Arn":
                return f"arn:aws:dynamodb:{where}:table/{self.resolve(properties['TableName'])}"
            case "AWS::DynamoDB::Table", "StreamArn":
                return f"{self._attribute(name, 'Arn')}/stream/2026-06-23T12:00:00.000"
            case "AWS::SQS::Queue", "Arn":
                return f"arn:aws:sqs:{where}:{self.resolve(properties['QueueName'])}"
            case "AWS::S3::Bucket", "Arn":
                return f"arn:aws:s3:::{self._physical(name)}"
            case "AWS::KMS::Key", "Arn":
                return f"arn:aws:kms:{where}:key/{name}"
            case "AWS::Logs::LogGroup", "Arn":
                return f"arn:aws:logs:{where}:log-group:{self.resolve(properties['LogGroupName'])}:*"
        raise LookupError(f"{name}.{attribute}")

    def _holds(self, condition: Any) -> bool:
        match condition:
            case {"Condition": name}:
                return self._holds(self.template["Conditions"][name])
            case {"Fn::Equals": [one, other]}:
                return bool(self.resolve(one) == self.resolve(other))
            case {"Fn::Not": [other]}:
                return not self._holds(other)
        raise LookupError(condition)


@dataclass(frozen=True)
class Role:
    """What a function may do."""

    statements: Sequence[Mapping[str, Any]]

    def allows(self, action: str, resource: str) -> bool:
        """As IAM decides: what is denied stays denied. `*` and `?` of a resource are wild, an action is compared as it
        stands.

        Source: docs.aws.amazon.com/IAM, "Policy evaluation logic".
        """
        effects = {
            statement["Effect"]
            for statement in self.statements
            if action in statement["Action"] and any(fnmatchcase(resource, wanted) for wanted in _listed(statement))
        }
        return effects == {"Allow"}

    def allowed(self) -> Sequence[Mapping[str, Any]]:
        """The statements that allow something."""
        return [statement for statement in self.statements if statement["Effect"] == "Allow"]

    def actions(self, service: str, resource: str = "*") -> set[str]:
        """What it may do with a service, on resources whose name fits."""
        return {
            action.partition(":")[2]
            for statement in self.allowed()
            for action in statement["Action"]
            if action.startswith(f"{service}:") and any(fnmatchcase(named, resource) for named in _listed(statement))
        }


def _door(alias: Mapping[str, str]) -> str:
    """The function whose live version is meant."""
    name, _, attribute = alias["Ref"].partition(".")
    assert attribute == "Alias"
    return name


def _listed(statement: Mapping[str, Any]) -> Sequence[str]:
    resource = statement["Resource"]
    return [resource] if isinstance(resource, str) else resource
