"""What a shop needs to know to connect each provider: what we ask for, what to paste where, and what limits hold.

Sources: shopify.dev "Client credentials", "Protected customer data", "Webhooks"; woocommerce.com "Webhooks";
docs.stripe.com "Workbench"; yookassa.ru "HTTP notifications"; standardwebhooks.com.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.connectors.shopify.listing import TOPICS as SHOPIFY_TOPICS
from chalicelib.connectors.stripe import READ as STRIPE_EVENTS


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing we ask for. `name` is what scripts call it by.

    prompt: what people are asked      prefixes: how it begins, if that can be told
    is_secret: kept as a secret and typed unseen; otherwise an option of the connection
    """

    name: str
    prompt: str
    prefixes: tuple[str, ...] = ()
    is_secret: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """One provider. `name`: what its connection is called unless somebody says otherwise.

    where: the way to its webhook settings      topics: what to tick there      know: what a shop should know
    """

    title: str
    name: str
    role: str
    asks: tuple[Asked, ...]
    where: str
    topics: tuple[str, ...]
    know: tuple[str, ...] = ()

    def kind(self, secret: str) -> Asked:
        """Which of the secrets that we ask for this one is."""
        secrets = [asked for asked in self.asks if asked.is_secret]
        by_prefix = (asked for asked in secrets if asked.prefixes and secret.startswith(asked.prefixes))
        return next(by_prefix, next((asked for asked in secrets if not asked.prefixes), secrets[0]))


def _shopify() -> Guide:
    return Guide(
        title="Shopify",
        name="shop",
        role="earns",
        asks=(
            Asked("shop", "The shop's address (your-shop.myshopify.com)"),
            Asked("secret", "The app's client secret", is_secret=True),
            Asked("client_id", "The app's client ID (empty for an older app with a token)", is_optional=True),
            Asked("token", "The Admin API token (empty for an app of the Dev Dashboard)", ("shpat_",), True, True),
        ),
        where="Shopify admin > Settings > Notifications > Webhooks > Create webhook, format JSON",
        topics=SHOPIFY_TOPICS,
        know=(
            "The app needs the scope read_orders. Without a client ID or a token nobody can look for missed orders.",
            "An app made in the shop's admin sees customers' e-mail and phone on some Shopify plans only; without them "
            "points cannot find their owner. An app of the Dev Dashboard always sees them.",
            "Webhooks made by hand in the admin are signed with the secret shown on that page: give that one, too.",
            "Shopify deletes a webhook after eight failures in a row; we look for it and make it again.",
        ),
    )


def _woocommerce() -> Guide:
    return Guide(
        title="WooCommerce",
        name="woo",
        role="earns",
        asks=(
            Asked("shop", "The shop's address (https://...)", ("https://",)),
            Asked("secret", "The webhook's secret (choose a long one, and paste it there, too)", is_secret=True),
            Asked("consumer_key", "The REST API's consumer key (empty: none)", ("ck_",), is_optional=True),
            Asked("consumer_secret", "The REST API's consumer secret (empty: none)", ("cs_",), True, True),
        ),
        where="WordPress > WooCommerce > Settings > Advanced > Webhooks > Add webhook, status Active; one per topic",
        topics=("Order created", "Order updated", "Order restored"),
        know=(
            "WooCommerce tells everything once. Without a consumer key and secret nobody can look for what was lost.",
            "Make them under Settings > Advanced > REST API; Read/Write also lets us make the webhooks.",
            "After several failures in a row it switches the webhook off; with a key we switch it on again.",
        ),
    )


def _stripe() -> Guide:
    return Guide(
        title="Stripe",
        name="pay",
        role="evidence",
        asks=(
            Asked("secret", "The endpoint's signing secret", ("whsec_",), is_secret=True),
            Asked("key", "A restricted API key that may read events (empty: none)", ("rk_", "sk_"), True, True),
        ),
        where="Stripe > Workbench > Webhooks > Create new destination > Events on your account > Webhook",
        topics=tuple(STRIPE_EVENTS),
        know=(
            "Choose snapshot events: thin ones do not say what was paid.",
            "Without an API key nobody can look for missed events; Stripe keeps them for 30 days.",
            "Test mode has its own endpoint and its own secret.",
        ),
    )


def _yookassa() -> Guide:
    return Guide(
        title="YooKassa",
        name="yookassa",
        role="evidence",
        asks=(
            Asked("shop_id", "The shop's number (shopId)"),
            Asked("secret", "The secret key of the API", ("live_", "test_"), is_secret=True),
        ),
        where="YooKassa > Integration > HTTP notifications",
        topics=("payment.succeeded", "payment.canceled", "refund.succeeded"),
        know=(
            "Nobody signs these notifications: we ask YooKassa itself about each payment, with the secret key.",
            "A test shop has its own number and key.",
        ),
    )


def _standard() -> Guide:
    return Guide(
        title="Activities (Standard Webhooks)",
        name="events",
        role="earns",
        asks=(Asked("secret", "The secret (whsec_...) or public key (whpk_...)", ("whsec_", "whpk_"), is_secret=True),),
        where="the settings of whoever sends them; a secret is whsec_ and 24 to 64 random bytes in base64",
        topics=("the activities that the program's definition names",),
        know=("An activity counts once for each person and object, however often it is sent.",),
    )


GUIDES: Mapping[str, Callable[[], Guide]] = {
    "shopify": _shopify,
    "standard": _standard,
    "stripe": _stripe,
    "woocommerce": _woocommerce,
    "yookassa": _yookassa,
}
