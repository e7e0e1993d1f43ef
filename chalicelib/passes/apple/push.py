"""The push that tells a phone to ask: an empty message to each of its tokens, in the name of the pass type.

For passes the topic is the pass type and the payload is empty; the proof is the pass's own certificate or a push key of
its team. Source: developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns and
.../handling-notification-responses-from-apns.
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from chalicelib import trace
from chalicelib.errors import Broken, TryAgain
from chalicelib.events import Instant
from chalicelib.passes.apple.gateway import Gateway, Reply, client_tls
from chalicelib.passes.apple.provider_token import ProviderToken
from chalicelib.passes.apple.tenants import Tenant, Tenants
from chalicelib.services.ports import Clock, PushAnswer, PushReaction, Registration

_DEAD = frozenset({"Unregistered", "ExpiredToken"})
_DEAD_ANSWERS = frozenset({(410, reason) for reason in _DEAD} | {(400, "BadDeviceToken")})
_GENTLEST = (PushReaction.LATER, PushReaction.DELIVERED, PushReaction.STOP, PushReaction.FORGET)


class _Said(msgspec.Struct):
    """The body of an error. `timestamp`: milliseconds, since when the token has been dead."""

    reason: str = ""
    timestamp: Instant | None = None


class _Desk(msgspec.Struct, frozen=True):
    """A pass type's own connection, and its token where it has a push key."""

    tenant: Tenant
    gateway: Gateway
    token: ProviderToken | None


class ApplePusher:
    """Pushes for every pass type, each on a connection of its own. Make one per container.

    url: Apple's host or a stand-in     root: PEM file of authorities to trust instead of the public ones, "" for those
    """

    def __init__(self, url: str, *, tenants: Tenants, clock: Clock, root: str = "") -> None:
        self._url = url
        self._tenants = tenants
        self._clock = clock
        self._root = root
        self._desks: dict[str, _Desk] = {}
        self._turn = threading.Lock()

    def push(self, registrations: Sequence[Registration]) -> Mapping[str, PushAnswer]:
        """One empty push per token and pass type; what came back, by token. Never raises for a token.

        A phone may have one token for passes of two types: then the answer that forgets least is told.
        """
        tokens: dict[str, list[str]] = {}
        for each in registrations:
            tokens.setdefault(each.pass_type, []).append(each.push_token)
        answers: dict[str, PushAnswer] = {}
        for pass_type, own in tokens.items():
            for token, answer in self._push(pass_type, list(dict.fromkeys(own))).items():
                known = answers.get(token, answer)
                answers[token] = min(known, answer, key=lambda each: _GENTLEST.index(each.reaction))
        return answers

    def close(self) -> None:
        """Hang up everywhere."""
        for desk in self._desks.values():
            desk.gateway.close()

    def _push(self, pass_type: str, tokens: Sequence[str]) -> Mapping[str, PushAnswer]:
        try:
            with self._turn:
                desk = self._desk(pass_type)
        except Broken as err:
            return dict.fromkeys(tokens, PushAnswer(PushReaction.STOP, err.reason))
        except TryAgain as err:
            return dict.fromkeys(tokens, PushAnswer(PushReaction.LATER, err.reason))
        now = self._clock.now()
        secrets = (("authorization", f"bearer {desk.token.at(now)}"),) if desk.token else ()
        paths = [f"/3/device/{quote(token, safe='')}" for token in tokens]
        names = notification_names(tokens)
        answers = [answer_of(reply) for reply in desk.gateway.post(paths, secrets=secrets, names=names)]
        if desk.token and any(answer.reason == "ExpiredProviderToken" for answer in answers):
            desk.token.refused(now)
        named = zip(tokens, answers, names or [""] * len(tokens), strict=True)
        return {token: msgspec.structs.replace(answer, name=name) for token, answer, name in named}

    def _desk(self, pass_type: str) -> _Desk:
        """The connection, made anew when the papers have changed. Raises Broken, TryAgain."""
        tenant = self._tenants.named(pass_type)
        if not tenant.secret.push_key:
            tenant.signer.papers.check_time(self._clock.now())
        kept = self._desks.get(pass_type)
        if kept is not None and kept.tenant is tenant:
            return kept
        papers, token = tenant.secret, None
        if papers.push_key:
            token = ProviderToken(papers.push_key.encode(), key_id=papers.push_key_id, team=tenant.wallet.team)
            tls = client_tls(self._root)
        else:
            pems = (papers.certificate, papers.intermediate, papers.key)
            tls = client_tls(self._root, *(pem.encode() for pem in pems))
        desk = _Desk(tenant, Gateway(self._url, tls=tls, headers=(("apns-topic", pass_type),)), token)
        self._desks[pass_type] = desk
        if kept is not None:
            kept.gateway.close()
        return desk


def notification_names(tokens: Sequence[str]) -> Sequence[str]:
    """Apple's names for what is told to these tokens, from what is being followed; none where nothing is.

    The same event told again to the same phone has the same name.
    Source: "Sending notification requests to APNs": apns-id, a canonical UUID that identifies the notification.
    """
    known = trace.current()
    if known is None:
        return ()
    digests = (hashlib.sha256(f"{known.id} {token}".encode()).hexdigest() for token in tokens)
    return [f"{sha[:8]}-{sha[8:12]}-4{sha[12:15]}-8{sha[15:18]}-{sha[18:30]}" for sha in digests]


def answer_of(reply: Reply) -> PushAnswer:
    """What an answer asks of us."""
    if reply.status == 0:
        return PushAnswer(PushReaction.LATER, reply.reason)
    said = _said(reply.body)
    if reply.status == 200:
        return PushAnswer(PushReaction.DELIVERED, said.reason)
    reason = said.reason or f"status_{reply.status}"
    reaction = _reaction(reply.status, reason)
    return PushAnswer(reaction, reason, said.timestamp if reason in _DEAD else None)


def _reaction(status: int, reason: str) -> PushReaction:
    """What nobody foresaw is our fault until somebody has looked: it forgets no phone."""
    if (status, reason) in _DEAD_ANSWERS:
        return PushReaction.FORGET
    is_passing = status in (410, 429) or status >= 500 or reason == "IdleTimeout"
    return PushReaction.LATER if is_passing else PushReaction.STOP


def _said(body: bytes) -> _Said:
    try:
        said = msgspec.json.decode(body, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Said()
    return said if said.reason.isascii() and said.reason.isalnum() and len(said.reason) <= 64 else _Said()
