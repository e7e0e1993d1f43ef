"""Google Wallet's parts, where an issuer is named; a deployment without one has no Google button."""

from dataclasses import dataclass

from chalicelib.bootstrap.system import SystemClock
from chalicelib.cards.face import CardFace
from chalicelib.config import Settings
from chalicelib.passes.google.account import ServiceAccount
from chalicelib.passes.google.callbacks import Callbacks
from chalicelib.passes.google.client import PER_SECOND, WalletClient
from chalicelib.passes.google.content import Issuer
from chalicelib.passes.google.keys import RootKeys
from chalicelib.passes.google.links import SaveLinks
from chalicelib.passes.google.logos import logo_path
from chalicelib.passes.google.wallet import RestWallet
from chalicelib.services.ports.google import GoogleCards, GoogleWallet
from chalicelib.store.dynamo import Dynamo
from chalicelib.store.google_cards import DynamoGoogleCards
from chalicelib.store.pace import DynamoPace


@dataclass(frozen=True, slots=True)
class GoogleParts:
    """What the house needs to keep cards in Google Wallet."""

    cards: GoogleCards
    wallet: GoogleWallet
    callbacks: Callbacks


def google_parts(settings: Settings, tables: Dynamo, key_file: str) -> GoogleParts:
    """The real ones. `key_file`: Google's JSON of the service account. Raises Broken."""
    clock, account = SystemClock(), ServiceAccount.load(key_file)
    issuer = _issuer(settings)
    client = WalletClient(
        account,
        pace=DynamoPace(tables, "google", per_second=PER_SECOND),
        clock=clock,
        api_url=settings.google_api_url,
        token_url=settings.google_token_url,
    )
    links = SaveLinks(account, clock=clock, origins=(settings.base_url,), save_url=settings.google_save_url)
    return GoogleParts(
        cards=DynamoGoogleCards(tables),
        wallet=RestWallet(client, issuer, links),
        callbacks=Callbacks(issuer, RootKeys(settings.google_keys_url, clock=clock), clock),
    )


def _issuer(settings: Settings) -> Issuer:
    base = settings.base_url

    def logo(face: CardFace) -> str:
        return base + logo_path(face.program)

    def callback(program: str) -> str:
        return f"{base}/google/callback/{program}"

    return Issuer(settings.google_issuer_id, settings.stage, logo, callback)
