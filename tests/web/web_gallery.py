"""Every page there is, in one language, under a name that says which state it shows."""

from typing import get_args
from urllib.parse import urlencode

import msgspec
from web_samples import A_STAMP_CARD, AN_EAN_CARD, CARD, DAY, NOW, STRIP, a_face, a_full_face, a_program, a_view

from chalicelib.cards.face import Look
from chalicelib.services.answer import Answer
from chalicelib.web.card import Line, Notice, card_page
from chalicelib.web.consent import consent_text
from chalicelib.web.devices import InApp
from chalicelib.web.join import parse_join
from chalicelib.web.keeping import leave_page, replace_page
from chalicelib.web.program import Found, Section, program_page
from chalicelib.web.proof import proof_page, used_page
from chalicelib.web.trouble import closed_page, missing_page, replaced_page, trouble_page

_RUSSIAN_LINES = (
    Line(NOW, "Заказ #1003", 45, "1 зерно за 1 €; Silver × 1,25"),
    Line(NOW, "Отложено: 30 зёрен", 0, "Для оплаты, до 14:05"),
    Line(NOW - DAY, "Возврат по заказу #1002", -20, "20 из 45 начисленных: деньги вернулись или заказ изменился"),
)
_RUSSIAN_TERMS = (Section("Как копить", ("За каждый евро вы получаете одно зерно.",)),)


def gallery(language: str) -> dict[str, Answer]:
    """All pages; what a program writes itself is in the same language."""
    words = {"history": _RUSSIAN_LINES} if language == "ru" else {}
    program = a_program(**({"benefits": ("1 зерно за евро",), "terms": _RUSSIAN_TERMS} if language == "ru" else {}))
    spoiled = parse_join(urlencode({"email": "anna@nowhere", "phone": "12"}).encode(), languages=("en", "ru"))
    pages = {
        "program": program_page(program, language),
        "program, spoiled form": program_page(program, language, form=spoiled),
        **{f"program, {found}": program_page(program, language, found=found) for found in get_args(Found)},
        "program, closed": program_page(msgspec.structs.replace(program, is_closed=True), language),
        "program, join refused": program_page(
            msgspec.structs.replace(program, is_closed=True), language, is_refused=True
        ),
        "program, paused": program_page(msgspec.structs.replace(program, paused=("earning", "redeeming")), language),
        "program, all paused": program_page(
            msgspec.structs.replace(program, is_closed=True, paused=("earning", "redeeming")), language
        ),
        "card, paused": card_page(a_view(paused=("earning", "redeeming"), **words), language, now=NOW),
        "card, earning paused": card_page(a_view(paused=("earning",), **words), language, now=NOW),
        "card": card_page(a_view(**words), language, now=NOW),
        "card, test": card_page(a_view(face=a_face(is_test=True), **words), language, now=NOW),
        "card, void": card_page(a_view(face=a_face(is_void=True), **words), language, now=NOW),
        "card, empty": card_page(a_view(face=a_face(points=0), history=()), language, now=NOW),
        "card, in debt": card_page(a_view(face=a_face(points=-20), **words), language, now=NOW),
        "card, top level": card_page(a_view(face=a_face(tier="Gold", progress=None), **words), language, now=NOW),
        "card, pale": card_page(a_view(face=a_face(look=Look("#fff", "#eee", "#ddd")), **words), language, now=NOW),
        "card, stamps": card_page(a_view(face=A_STAMP_CARD, strip=STRIP, **words), language, now=NOW),
        "card, stamps without a picture": card_page(a_view(face=A_STAMP_CARD, **words), language, now=NOW),
        "card, everything": card_page(a_view(face=a_full_face(), is_proved=True, **words), language, now=NOW),
        "card, EAN-13": card_page(a_view(face=AN_EAN_CARD, **words), language, now=NOW),
        "card, in Instagram": card_page(a_view(hint=InApp("Instagram", "iphone"), **words), language, now=NOW),
        "card, in an app": card_page(a_view(hint=InApp("", "android"), **words), language, now=NOW),
        "replace": replace_page(CARD, a_face(), language, key="k" * 22),
        "replace, too often": replace_page(CARD, a_face(), language, key="k" * 22, problem="often", status=429),
        "leave": leave_page(CARD, a_face(), language, address=""),
        "leave, by code": leave_page(CARD, a_face(), language, address="a…a@example.com"),
        "leave, code sent": leave_page(CARD, a_face(), language, address="a…a@example.com", said=Notice.FAREWELL_SENT),
        "leave, wrong code": leave_page(
            CARD, a_face(points=0), language, address="a…a@example.com", said=Notice.WRONG_CODE, status=422
        ),
        "link replaced": replaced_page(language),
        "link of a closed program": closed_page(language),
        "proof": proof_page("Zk3token", "Bean Street Coffee", language),
        "proof, consent": proof_page(
            "Zk3token", "Bean Street Coffee", language, consent=consent_text(program.shop, language)
        ),
        "proof, used": used_page(language, program="bean-street"),
        "proof, unknown": used_page(language),
    }
    for said in Notice:
        pages[f"card, {said.value}"] = card_page(
            a_view(unproved="a…a@example.com", **words), language, now=NOW, said=said, status=said.status
        )
    pages |= {f"error {status}": trouble_page(status, language) for status in (400, 413, 429, 500, 503)}
    pages |= {f"no {what}": missing_page(what, language) for what in ("page", "card", "program")}
    return pages
