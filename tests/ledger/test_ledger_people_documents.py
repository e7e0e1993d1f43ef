"""Stored documents of what members do for each other stay readable: their texts are promises."""

import msgspec
import pytest

from chalicelib.events import AccountId, Reference
from chalicelib.ledger.deeds import kept_deeds
from chalicelib.ledger.documents import ActivityDocument, Deed, Document, Pricing, RedemptionDocument
from chalicelib.ledger.people_documents import (
    Answer,
    AnswersDocument,
    HouseholdDocument,
    HouseholdUseDocument,
    ReferralCodeDocument,
    ReferralDocument,
    ReferralTraceDocument,
    Share,
)

A, B = AccountId("a"), AccountId("b")
READER = msgspec.json.Decoder(Document)

STORED: tuple[tuple[Document, str], ...] = (
    (
        AnswersDocument(Reference("nps/a"), A, (Answer(5, 9),), 1),
        '{"kind":"answers","reference":"nps/a","account":"a","answers":[{"at":5,"score":9}],"revision":1}',
    ),
    (
        ReferralCodeDocument(Reference("referral-code/X"), A, 1),
        '{"kind":"referral_code","reference":"referral-code/X","account":"a","revision":1}',
    ),
    (
        ReferralTraceDocument(Reference("referral-claims/X/y"), at=(7,), revision=2),
        '{"kind":"referral_trace","reference":"referral-claims/X/y","at":[7],"revision":2}',
    ),
    (
        ReferralDocument(
            Reference("referral/b"), B, "X", A, version="v", claimed_at=3, kept={Reference("order/1"): 4}, revision=1
        ),
        '{"kind":"referral","reference":"referral/b","account":"b","code":"X","referrer":"a","version":"v",'
        '"claimed_at":3,"kept":{"order/1":4},"revision":1}',
    ),
    (
        HouseholdDocument(Reference("household/h"), (A, B), 2),
        '{"kind":"household","reference":"household/h","accounts":["a","b"],"revision":2}',
    ),
    (
        HouseholdUseDocument(
            Reference("household-use/1"), Reference("household/h"), A, "beans", 9, (Share(B, 8, 9),), revision=1
        ),
        '{"kind":"household_use","reference":"household-use/1","household":"household/h","account":"a",'
        '"currency":"beans","points":9,"drawn":[{"account":"b","ends":8,"points":9}],"revision":1}',
    ),
    (
        RedemptionDocument(Reference("redemption/1"), A, "beans", 9, partner="bakery"),
        '{"kind":"redemption","reference":"redemption/1","account":"a","currency":"beans","points":9,'
        '"partner":"bakery"}',
    ),
)


@pytest.mark.parametrize(("document", "text"), STORED, ids=[type(document).__name__ for document, _ in STORED])
def test_a_stored_text_is_written_and_read_as_it_was(document: Document, text: str) -> None:
    assert msgspec.json.encode(document).decode() == text
    assert READER.decode(text) == document


def test_an_activity_from_before_deeds_were_kept_is_one_that_was_done() -> None:
    text = (
        '{"kind":"activity","reference":"activity/review.created/a/kenya","account":"a",'
        '"pricing":{"version":"v","tier":"","occurred_at":5,"member_since":0},"revision":1}'
    )
    known = READER.decode(text)
    expected = ActivityDocument(Reference("activity/review.created/a/kenya"), A, Pricing("v", "", 5, 0), 1)
    assert known == expected
    assert isinstance(known, ActivityDocument)
    assert kept_deeds(known) == (Deed(done_at=5),)
