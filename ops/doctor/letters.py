"""The way that letters take, and what AWS thinks of those that SES sends.

Sources, read 23 Nov 2026: docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html; and under
docs.aws.amazon.com/ses/latest/dg: monitor-sender-reputation.html, reputationdashboard-cloudwatch-alarm.html.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.config import Settings
from chalicelib.web.post import server_of
from ops.accounts.post import BLOCKED, NO_WAY, is_ses, region_of_ses
from ops.doctor.cloud import Cloud
from ops.doctor.rows import Row, State

_BOUNCES = "docs/runbooks/mail-bounces.md"
_DAYS = 14
"""CloudWatch forgets a metric's name fifteen days after its last letter."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Shares of 1: from `review` on AWS looks at the account, from `pause` on it may stop all its mail."""

    about: str
    review: float
    pause: float


RATES: Mapping[str, Rate] = {
    "BounceRate": Rate("letters that bounce", 0.05, 0.1),
    "ComplaintRate": Rate("letters complained of", 0.001, 0.005),
}
"""By the name of their metric. Hard bounces alone count; infra/alarms.yaml rings from `review` on."""


def check_mail(settings: Settings, cloud: Cloud, connect: Callable[[str, int], None], now: datetime) -> Iterator[Row]:
    """Whether the mail server answers, and how SES stands. Nothing is sent.

    cloud: in the region of the mail server     connect: to a host and port, raises OSError
    Raises: Broken("mail_settings").
    """
    host, port = server_of(settings.smtp_url)
    if port == BLOCKED:
        yield Row("mail server", "bad", f"{host}:{port} may answer here, but {NO_WAY}", "Set SmtpUrl, and deploy")
        return
    todo = "pointpass mail check --to YOUR-ADDRESS says more"
    try:
        connect(host, port)
    except OSError as err:
        yield Row("mail server", "bad", f"{host}:{port} does not answer ({type(err).__name__})", todo)
        return
    yield Row("mail server", "good", f"{host}:{port} answers")
    if is_ses(host):
        yield _standing(cloud.call("sesv2", "get_account"))
        for name, rate in RATES.items():
            yield _held(rate, _newest(cloud, name, now))
        region = region_of_ses(host)
        if region != settings.region:
            says = f"SES is in {region}: no alarm of this stage, in {settings.region}, sees its rates"
            yield Row("alarms of letters", "unasked", says, f"Look here every Monday. {_BOUNCES}")


def _standing(told: Mapping[str, Any]) -> Row:
    """The worst of what SES says of the account."""
    status = str(told.get("EnforcementStatus", "HEALTHY"))
    if status == "SHUTDOWN":
        return Row("SES", "bad", f"AWS has paused this account's mail ({status}): nobody gets a letter", _BOUNCES)
    if not told.get("SendingEnabled", True):
        says = "sending is switched off in this account and region: nobody gets a letter"
        return Row("SES", "bad", says, f"Who switched it off, and why? {_BOUNCES}")
    if not told.get("ProductionAccessEnabled"):
        asks = "Ask for production access in the SES console: members' addresses get nothing until then"
        return Row("SES", "look", "in the sandbox: only verified addresses get mail", asks)
    if status != "HEALTHY":
        return Row("SES", "look", f"AWS reviews this account's mail ({status})", _BOUNCES)
    return Row("SES", "good", "sends to everybody")


def _newest(cloud: Cloud, name: str, now: datetime) -> float | None:
    """A rate of the whole account, which has no dimension; None where none was told."""
    told = cloud.call(
        "cloudwatch",
        "get_metric_statistics",
        Namespace="AWS/SES",
        MetricName=f"Reputation.{name}",
        StartTime=now - timedelta(days=_DAYS),
        EndTime=now,
        Period=3_600,
        Statistics=["Average"],
    )
    points = told["Datapoints"]
    return float(max(points, key=lambda point: point["Timestamp"])["Average"]) if points else None


def _held(rate: Rate, found: float | None) -> Row:
    if found is None:
        return Row(rate.about, "good", "no rate was told in two weeks")
    says = _percent(found)
    if found < rate.review:
        return Row(rate.about, "good", says)
    state: State = "bad" if found >= rate.pause else "look"
    limits = f"AWS reviews from {_percent(rate.review)}, and pauses from {_percent(rate.pause)}"
    return Row(rate.about, state, f"{says}: {limits}", _BOUNCES)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
