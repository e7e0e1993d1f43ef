"""Google Wallet's parts, where an issuer is named; a deployment without one has no Google button."""

import msgspec

from chalicelib.bootstrap.system import SystemClock
from chalicelib.config import Settings
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.callbacks import Callbacks
from chalicelib.passes.google.client import PER_SECOND, WalletClient
from chalicelib.passes.google.issuer import Issuer
from chalicelib.passes.google.keys import RootKeys
from chalicelib.passes.google.links import SaveLinks
from chalicelib.passes.google.logos import Logos
from chalicelib.passes.google.preflight import Preflight
from chalicelib.passes.google.rotating import RotatingCodes
from chalicelib.passes.google.talk import Line
from chalicelib.passes.google.wallet import RestWallet
from chalicelib.services.ports import Pictures
from chalicelib.services.ports.google import GoogleCards, GoogleWallet
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.google_cards import DynamoGoogleCards
from chalicelib.store.pace import DynamoPace


class GoogleParts(msgspec.Struct, frozen=True):
    """What the house needs to keep cards in Google Wallet."""

    cards: GoogleCards
    wallet: GoogleWallet
    callbacks: Callbacks
    codes: RotatingCodes
    preflights: Preflight


def google_parts(
    settings: Settings, tables: Dynamo, pictures: Pictures, key_file: str, *, codes: RotatingCodes
) -> GoogleParts:
    """The real ones. Raises Broken.

    key_file: Google's JSON of the service account     codes: those that change every minute
    """
    clock, account = SystemClock(), ServiceAccount.load(key_file)
    issuer = _issuer(settings, pictures)
    line = Line(
        account,
        pace=DynamoPace(tables, "google", per_second=PER_SECOND),
        clock=clock,
        api_url=settings.google_api_url,
        token_url=settings.google_token_url,
    )
    client = WalletClient(line)
    links = SaveLinks(account, clock=clock, origins=(settings.base_url,), save_url=settings.google_save_url)
    return GoogleParts(
        cards=DynamoGoogleCards(tables),
        wallet=RestWallet(client, issuer, links, codes),
        callbacks=Callbacks(
            issuer, RootKeys(settings.google_keys_url, clock=clock), clock, sender=settings.google_sender
        ),
        codes=codes,
        preflights=Preflight(client, issuer, links, codes),
    )


def _issuer(settings: Settings, pictures: Pictures) -> Issuer:
    base, logos = settings.base_url, Logos(settings.base_url, pictures)

    def callback(program: str) -> str:
        return f"{base}/google/callback/{program}"

    return Issuer(settings.google_issuer_id, settings.stage, logos.logo, callback, logos.wide_logo, logos.hero)
