"""What of the templates `ministack` cannot make, and why. Nothing else is left out of a deployment there.

It differs from AWS in one thing that matters here: its HTTP API hands functions events in payload format 2.0, whatever
the integration asks for. The small profile asks for 1.0; its requests are therefore handed to the functions as an HTTP
API does it, along the routes that were deployed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Resource = dict[str, Any]


@dataclass(frozen=True)
class LeftOut:
    """`attribute`: of the resource; "" for the whole of it.     `says`: what ministack answers if it stays."""

    kind: str
    attribute: str
    why: str
    says: str
    fits: Callable[[Resource], bool] = lambda _: True

    def found(self, resources: Mapping[str, Resource]) -> Iterator[str]:
        """The names of the resources that it is about."""
        for name, made in resources.items():
            has = not self.attribute or self.attribute in made["Properties"]
            if made["Type"] == self.kind and has and self.fits(made):
                yield name


LEFT_OUT = (
    LeftOut("AWS::Budgets::Budget", "", "There are no bills.", "Unrecognized resource types"),
    LeftOut(
        "AWS::CloudWatch::Alarm",
        "",
        "Its alarms watch one metric, none a sum of several.",
        "Properties.Metrics (metric math) is not supported",
        lambda alarm: "Metrics" in alarm["Properties"],
    ),
    LeftOut("AWS::WAFv2::WebACLAssociation", "", "Its firewall guards nothing.", "Unrecognized resource types"),
    LeftOut(
        "AWS::Serverless::Function",
        "DeploymentPreference",
        "It has no CodeDeploy: a new version meets all callers at once.",
        "Unrecognized resource types: [AWS::CodeDeploy::Application",
    ),
)


def leave_out(resources: dict[str, Resource]) -> list[tuple[str, str]]:
    """Take out what cannot be made: what was taken, as (resource, attribute or "")."""
    taken = [(name, each.attribute) for each in LEFT_OUT for name in each.found(resources)]
    for name, attribute in taken:
        if attribute:
            del resources[name]["Properties"][attribute]
        else:
            del resources[name]
    return taken
