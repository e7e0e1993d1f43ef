"""The push key's token, read by PyJWT and shown to a service that follows a script."""

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pass_samples import PASS_TYPE, TEAM, StandingClock, secret_of
from push_script import Peer, scripted

from chalicelib.errors import Broken
from chalicelib.passes.apple.provider_token import FRESH, STALE, ProviderToken
from chalicelib.passes.apple.push import ApplePusher
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.services.ports import PushAnswer, PushReaction, Registration, Wallet
from chalicelib.store.memory.programs import MemoryPrograms
from ops.laptop.authority import Papers

NOW = 1_795_348_800_000
KEY = ec.generate_private_key(ec.SECP256R1())
PHONE = [Registration("d", "s1", PASS_TYPE, "t1", 0)]


def pem(key: object) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form)  # type: ignore[attr-defined, no-any-return]


def token() -> ProviderToken:
    return ProviderToken(pem(KEY), key_id="KEY1234567", team=TEAM)


def test_the_token_says_team_key_and_time_and_is_signed() -> None:
    text = token().at(NOW)
    options = {"verify_iat": False}
    claims = jwt.decode(text, KEY.public_key(), algorithms=["ES256"], options=options)  # type: ignore[arg-type]
    assert claims == {"iss": TEAM, "iat": NOW // 1000}
    assert jwt.get_unverified_header(text) == {"alg": "ES256", "kid": "KEY1234567"}


def test_a_token_is_used_again_until_it_is_nearly_an_hour_old() -> None:
    kept = token()
    first = kept.at(NOW)
    assert kept.at(NOW + STALE - 1) == first
    assert kept.at(NOW + STALE) != first
    assert FRESH < STALE < 3_600_000


def test_a_refused_token_is_replaced_but_never_twice_in_twenty_minutes() -> None:
    kept = token()
    first = kept.at(NOW)
    kept.refused(NOW + FRESH - 1)
    assert kept.at(NOW + FRESH - 1) == first
    kept.refused(NOW + FRESH)
    assert kept.at(NOW + FRESH) != first


def test_a_token_of_the_future_is_not_shown_by_a_clock_that_was_set_back() -> None:
    kept = token()
    assert kept.at(NOW) != kept.at(NOW - 60_000)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (b"nothing", "push_key_unreadable"),
        (pem(rsa.generate_private_key(public_exponent=65_537, key_size=2_048)), "push_key_is_not_p_256"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "push_key_is_not_p_256"),
    ],
    ids=["no key", "RSA", "P-384"],
)
def test_a_key_that_is_none_of_apples_is_refused(key: bytes, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        ProviderToken(key, key_id="KEY1234567", team=TEAM)


def pusher_with_key(url: str, papers: Papers, clock: StandingClock, key: str) -> ApplePusher:
    secret = secret_of(papers, push_key=key, push_key_id="KEY1234567")
    shared = Wallet("", PASS_TYPE, TEAM, "apple")
    tenants = Tenants(MemoryPrograms(), secret=lambda _: secret, shared=shared, clock=clock)
    return ApplePusher(url, tenants=tenants, clock=clock, root=str(papers.push_root))


def test_a_team_with_a_push_key_shows_its_token_and_no_certificate(papers: Papers) -> None:
    seen: list[object] = []

    def script(peer: Peer) -> None:
        assert peer.wait(1)
        seen.extend((peer.line.getpeercert(), peer.headers[1][b"authorization"].partition(b" ")[0]))
        peer.answer(1)

    with scripted(papers, script, needs_certificate=False) as service:
        pusher = pusher_with_key(service.url, papers, StandingClock(NOW), pem(KEY).decode())
        assert pusher.push(PHONE) == {"t1": PushAnswer(PushReaction.DELIVERED, "")}
        pusher.close()
    assert seen in ([{}, b"bearer"], [None, b"bearer"])


@pytest.mark.parametrize(
    ("status", "reason", "reaction"),
    [
        (403, "InvalidProviderToken", PushReaction.STOP),
        (403, "ExpiredProviderToken", PushReaction.STOP),
        (403, "MissingProviderToken", PushReaction.STOP),
        (429, "TooManyProviderTokenUpdates", PushReaction.LATER),
    ],
)
def test_each_refusal_of_a_token_has_its_reaction(
    status: int, reason: str, reaction: PushReaction, papers: Papers
) -> None:
    def script(peer: Peer) -> None:
        assert peer.wait(1)
        peer.answer(1, status=status, body=f'{{"reason":"{reason}"}}'.encode())

    with scripted(papers, script, needs_certificate=False) as service:
        pusher = pusher_with_key(service.url, papers, StandingClock(NOW), pem(KEY).decode())
        assert pusher.push(PHONE) == {"t1": PushAnswer(reaction, reason)}
        pusher.close()


def test_after_an_expired_token_the_next_push_shows_another(papers: Papers) -> None:
    shown: list[bytes] = []
    clock = StandingClock(NOW)

    def script(peer: Peer) -> None:
        for number, (status, body) in enumerate(((200, b""), (403, b'{"reason":"ExpiredProviderToken"}'), (200, b""))):
            assert peer.wait(number + 1)
            stream, _ = peer.asked[number]
            shown.append(peer.headers[stream][b"authorization"])
            peer.answer(stream, status=status, body=body)

    with scripted(papers, script, needs_certificate=False) as service:
        pusher = pusher_with_key(service.url, papers, clock, pem(KEY).decode())
        answers = [pusher.push(PHONE)["t1"]]
        clock.instant += FRESH
        answers += [pusher.push(PHONE)["t1"] for _ in range(2)]
        pusher.close()
    assert [answer.reaction for answer in answers] == [
        PushReaction.DELIVERED,
        PushReaction.STOP,
        PushReaction.DELIVERED,
    ]
    assert shown[0] == shown[1] != shown[2]


def test_a_push_key_that_cannot_be_used_stops(papers: Papers) -> None:
    pusher = pusher_with_key("https://127.0.0.1:1", papers, StandingClock(NOW), "nothing")
    assert pusher.push(PHONE) == {"t1": PushAnswer(PushReaction.STOP, "push_key_unreadable")}
