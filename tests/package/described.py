"""The templates of every stage and profile, as an operator's parameters make them."""

from collections.abc import Mapping

from deployed import Deployed
from packaged_cloud import GOOGLE_ISSUER, PASS_TYPE, TEAM

SAID = {
    "DomainName": "cards.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/0f1e2d3c",
    "VaultSecret": "pointpass-dev-vault",
    "AppleSecret": "pointpass-dev-apple",
    "ApplePassType": PASS_TYPE,
    "AppleTeam": TEAM,
    "GoogleIssuer": GOOGLE_ISSUER,
    "GoogleSecret": "pointpass-dev-google",
    "SmtpUrl": "smtp://mail.example:587",
    "SmtpSecret": "pointpass-dev-smtp",
    "MailFrom": "cards@bean-street.example",
    "AlarmAddress": "operator@bean-street.example",
}

Described = Mapping[tuple[str, str], Deployed]
"""By stage and profile."""
