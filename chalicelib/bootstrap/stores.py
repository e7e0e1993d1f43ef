"""The stores' API over its services."""

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.config import Settings
from chalicelib.services.accounts import Accounts
from chalicelib.services.adjusting import Adjustments
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.claiming import Claims
from chalicelib.services.enrolling import Enrolment
from chalicelib.services.giving_levels import GivenLevels
from chalicelib.services.giving_vouchers import Giving
from chalicelib.services.households import HouseholdsDesk
from chalicelib.services.keys import Keys
from chalicelib.services.knowing import Knowing
from chalicelib.services.perks import Perks
from chalicelib.services.quoting import Quotes
from chalicelib.services.redeeming import Redemptions
from chalicelib.services.referral_claims import ReferralClaims
from chalicelib.services.referring import Referrals
from chalicelib.services.rewarding import Rewards
from chalicelib.services.scanning import Scanning, never_changes
from chalicelib.services.transferring import Transfers
from chalicelib.services.vouchers import Vouchers
from chalicelib.services.welcoming import Welcome
from chalicelib.web.api.counter import Counter
from chalicelib.web.api.door import Api
from chalicelib.web.api.knowledge import ProfileCounter
from chalicelib.web.api.levels import LevelCounter
from chalicelib.web.api.offers import OfferCounter
from chalicelib.web.api.people import PeopleCounter
from chalicelib.web.desk import shop_of


def stores_api(settings: Settings, own: Adapters, enrolment: Enrolment) -> Api:
    """What stores call. Nothing is called here."""
    accounts = Accounts(own.members, own.vault, own.chance, own.clock)
    claims = Claims(own.ledger, own.members, own.vault, own.clock)
    redemptions = Redemptions(own.ledger, accounts, own.clock)
    welcome = Welcome(own.ledger, own.members, own.cards, enrolment, own.vault, own.chance, own.clock)
    counter = Counter(
        own.ledger,
        welcome,
        Scanning(own.cards, own.clock, own.google.codes.is_fresh if own.google else never_changes),
        redemptions,
        Quotes(own.ledger, accounts, redemptions, own.clock, own.chance),
        Rewards(own.ledger, accounts, claims, own.clock),
        Adjustments(own.ledger, accounts, own.clock),
        Transfers(own.ledger, own.cards, own.clock),
        _people(own, welcome),
        ProfileCounter(welcome, Knowing(own.ledger, own.clock), own.clock),
        _offers(own, welcome, redemptions),
        LevelCounter(welcome, GivenLevels(own.ledger, accounts, own.clock), own.vault, own.chance),
        own.vault,
        own.chance,
        own.clock,
        settings.base_url,
        shop_of,
    )
    return Api(Keys(own.access, own.vault, own.chance, own.clock), own.programs, counter, settings.base_url)


def _offers(own: Adapters, welcome: Welcome, redemptions: Redemptions) -> OfferCounter:
    giving = Giving(own.ledger, own.vault)
    return OfferCounter(
        welcome,
        Catalogue(own.ledger, redemptions, giving, own.clock),
        Vouchers(own.ledger, giving, own.vault, own.clock),
        Perks(own.ledger, own.clock),
        own.vault,
        own.chance,
        own.clock,
    )


def _people(own: Adapters, welcome: Welcome) -> PeopleCounter:
    referrals = Referrals(own.ledger, own.audit, own.clock)
    claims = ReferralClaims(own.ledger, own.cards, own.vault, own.clock)
    households = HouseholdsDesk(own.ledger, own.cards, own.clock)
    return PeopleCounter(welcome, referrals, claims, households, own.vault, own.chance)
