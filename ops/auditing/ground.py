"""Where a command acts, and where its line is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.auditing.deeds import LINES, Deed, Kind
from ops.auditing.trail import Trail
from ops.target import LAPTOP, account_of, introduce, target_of


@dataclass(frozen=True, slots=True)
class Ground:
    """caller: the ARN at AWS, "" on a laptop     trail: None where nothing can keep a line
    may_be_new: the stage may be made by this command     is_bare: a place in an account, and no stage
    """

    stage: str
    caller: str
    trail: Trail | None
    may_be_new: bool = False
    is_bare: bool = False


def ground_of(deed: Deed, kind: Kind, params: Mapping[str, Any]) -> Ground:
    """Find the stage, and introduce it. Raises ClickException that says what is missing."""
    stage = str(params["stage"])
    if deed.bare and params.get(deed.bare):
        account = account_of(str(params[deed.bare]))
        introduce("no stage yet", account)
        return Ground(stage, account.caller, None, is_bare=True)
    if deed.ground == "account" and kind in LINES:
        account = account_of()
        # The name that infra/seals.yaml gives: a stage without settings has no other way to tell it.
        bucket = f"pointpass-{stage}-seals-{account.number}"
        return Ground(stage, account.caller, _trail(bucket, account.region), may_be_new=True)
    if deed.ground != "stage" or (stage == LAPTOP and kind not in LINES):
        return Ground(stage, "", None)
    target = target_of(stage)
    told = target.settings
    return Ground(stage, target.caller, _trail(told.seals_bucket, told.region, told.aws_endpoint_url))


def trail_of(stage: str) -> Trail:
    """The trail of a stage that is there."""
    told = target_of(stage).settings
    return _trail(told.seals_bucket, told.region, told.aws_endpoint_url)


def _trail(bucket: str, region: str, endpoint: str = "") -> Trail:
    from chalicelib.store.aws import Client  # noqa: PLC0415  # commands that touch no stage start without it
    from chalicelib.store.seals import S3Objects  # noqa: PLC0415  # as above

    return Trail(S3Objects(Client("s3", region=region, endpoint=endpoint), bucket=bucket))
