"""Who signs and pushes for a program: its own pass type at Apple, or the one that the deployment's programs share.

The papers of a pass type are read and checked when they are first needed, and kept while their secret stays the same.
Those of one pass type that cannot be used stop nobody else. A card that is out keeps its pass type: a program that
gets one of its own goes on answering for the cards of the shared one (docs/decisions/0034).
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

import msgspec

from chalicelib.errors import Broken
from chalicelib.events import Instant
from chalicelib.passes.apple.papers import Papers
from chalicelib.passes.apple.signing import Signer
from chalicelib.services.ports import Alarm, Clock, Programs, Wallet

WARNING_DAYS = (60, 30, 7)
"""Days before the end of a certificate at which somebody is woken; from the last one on, every day."""

_DAY = 86_400_000

_log = logging.getLogger(__name__)


class PassSecret(msgspec.Struct, frozen=True):
    """What the secret of a pass type holds; see ports.Wallet."""

    certificate: str
    key: str
    intermediate: str
    push_key: str = ""
    push_key_id: str = ""


class Tenant(msgspec.Struct, frozen=True):
    """A pass type with its checked papers. secret: the PEM texts, which pushes need as they are"""

    wallet: Wallet
    signer: Signer
    secret: PassSecret


class Expiring(msgspec.Struct, frozen=True):
    """A certificate of a pass type and the whole days left to it; negative when it has expired.

    which: "certificate" or "intermediate"
    """

    pass_type: str
    which: str
    days: int


class Tenants:
    """Every pass type of a deployment.

    secret: fetches (and caches) a secret by its name     shared: of the programs that have no pass type of their own
    """

    def __init__(self, programs: Programs, *, secret: Callable[[str], str], shared: Wallet, clock: Clock) -> None:
        self._programs = programs
        self._fetch = secret
        self._shared = shared
        self._clock = clock
        self._ready: dict[str, tuple[str, Tenant]] = {}
        self._turn = threading.Lock()

    def of(self, program: str, pass_type: str = "") -> Tenant:
        """Who signs for a program's new cards; or for those that are out under `pass_type`.

        Raises: Broken when the program never had that pass type, or its papers cannot be used.
        """
        wallets = self._wallets(program)
        for wallet in wallets:
            if pass_type in ("", wallet.pass_type):
                return self._tenant(wallet)
        raise Broken("pass_type_unknown", program=program, pass_type=pass_type)

    def pass_types(self, program: str) -> Sequence[str]:
        """That of new cards, and those of cards that may still be out."""
        return [wallet.pass_type for wallet in self._wallets(program)]

    def pass_type_of(self, program: str) -> str:
        """That of new cards."""
        return self._wallets(program)[0].pass_type

    def named(self, pass_type: str) -> Tenant:
        """Raises Broken when no program has that pass type, or its papers cannot be used."""
        for wallet in self._every():
            if wallet.pass_type == pass_type:
                return self._tenant(wallet)
        raise Broken("pass_type_unknown", pass_type=pass_type)

    def check(self, wallet: Wallet) -> None:
        """Could it sign now? Raises: Broken that says why not, TryAgain."""
        self._tenant(wallet).signer.papers.check_time(self._clock.now())

    def expiring(self, now: Instant) -> list[Expiring]:
        """Every certificate that expires within the longest of WARNING_DAYS, the first one first.

        Papers that cannot be read at all are told by `refused`.
        """
        return [each for each in self._ends(now) if each.days <= max(WARNING_DAYS)]

    def _ends(self, now: Instant) -> list[Expiring]:
        """Every certificate, the first one to end first."""
        found = []
        for wallet in self._every():
            try:
                times = self._tenant(wallet).signer.papers.times
            except Broken:
                continue
            found += [Expiring(wallet.pass_type, which, (end - now) // _DAY) for which, (_, end) in times.items()]
        return sorted(found, key=lambda each: (each.days, each.pass_type, each.which))

    def refused(self, now: Instant) -> Mapping[str, Broken]:
        """The pass types that can sign nothing now, and why."""
        why = {}
        for wallet in self._every():
            try:
                self._tenant(wallet).signer.papers.check_time(now)
            except Broken as err:
                why[wallet.pass_type] = err
        return why

    def _tenant(self, wallet: Wallet) -> Tenant:
        """The papers as their secret is now; checked once, in time or not: that is asked when they sign."""
        text = self._fetch(wallet.secret)
        with self._turn:
            kept = self._ready.get(wallet.pass_type)
            if kept is not None and kept[0] == text and kept[1].wallet == wallet:
                return kept[1]
            try:
                tenant = _checked(wallet, text)
            except Broken as err:
                raise Broken(err.reason, pass_type=wallet.pass_type, **err.facts) from err
            self._ready[wallet.pass_type] = (text, tenant)
            return tenant

    def warn(self, alarm: Alarm) -> None:
        """Wake somebody while there is time to renew what signs passes; and for papers that can sign nothing."""
        now = self._clock.now()
        for first in self._ends(now)[:1]:
            _log.debug("certificates_end", extra={"facts": {"days": first.days}})
        for pass_type, err in self.refused(now).items():
            alarm.raise_("certificate_refused", pass_type=pass_type, why=err.reason)
        for each in self.expiring(now):
            if each.days >= 0 and (each.days in WARNING_DAYS or each.days < min(WARNING_DAYS)):
                alarm.raise_("certificate_expires", pass_type=each.pass_type, which=each.which, days=each.days)

    def _wallets(self, program: str) -> Sequence[Wallet]:
        return [*self._programs.wallets(program), self._shared]

    def _every(self) -> Sequence[Wallet]:
        """The shared one is not hidden by a program that names the same pass type."""
        own = self._programs.every_wallet()
        return [self._shared, *(wallet for wallet in own if wallet.pass_type != self._shared.pass_type)]


def _checked(wallet: Wallet, text: str) -> Tenant:
    """Raises Broken that says what is wrong with the papers of one pass type."""
    try:
        secret = msgspec.json.decode(text, type=PassSecret)
    except (msgspec.DecodeError, UnicodeError) as err:
        raise Broken("secret_unreadable", name=wallet.secret) from err
    papers = Papers.read(
        secret.certificate.encode(),
        secret.key.encode(),
        secret.intermediate.encode(),
        pass_type=wallet.pass_type,
        team=wallet.team,
    )
    return Tenant(wallet, Signer.of(papers), secret)
