"""The stores' API over its services."""

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.config import Settings
from chalicelib.services.accounts import Accounts
from chalicelib.services.adjusting import Adjustments
from chalicelib.services.claiming import Claims
from chalicelib.services.enrolling import Enrolment
from chalicelib.services.keys import Keys
from chalicelib.services.quoting import Quotes
from chalicelib.services.redeeming import Redemptions
from chalicelib.services.rewarding import Rewards
from chalicelib.services.transferring import Transfers
from chalicelib.services.welcoming import Welcome
from chalicelib.web.api.counter import Counter
from chalicelib.web.api.door import Api
from chalicelib.web.desk import shop_of


def stores_api(settings: Settings, own: Adapters, enrolment: Enrolment) -> Api:
    """What stores call. Nothing is called here."""
    accounts = Accounts(own.members, own.vault, own.chance, own.clock)
    claims = Claims(own.ledger, own.members, own.vault, own.clock)
    redemptions = Redemptions(own.ledger, accounts, own.clock)
    counter = Counter(
        own.ledger,
        Welcome(own.ledger, own.members, own.cards, enrolment, own.vault, own.chance, own.clock),
        redemptions,
        Quotes(own.ledger, accounts, redemptions, own.clock, own.chance),
        Rewards(own.ledger, accounts, claims, own.clock),
        Adjustments(own.ledger, accounts, own.clock),
        Transfers(own.ledger, own.cards, own.clock),
        own.vault,
        own.chance,
        own.clock,
        settings.base_url,
        shop_of,
    )
    return Api(Keys(own.access, own.vault, own.chance, own.clock), own.programs, counter, settings.base_url)
