"""Every page there is, in one language, under a name that says which state it shows."""

from urllib.parse import urlencode

from web_samples import DAY, NOW, a_face, a_program, a_view

from chalicelib.cards.face import Look
from chalicelib.services.answer import Answer
from chalicelib.web.card import Line, Notice, card_page
from chalicelib.web.consent import consent_text
from chalicelib.web.join import parse_join
from chalicelib.web.program import Section, program_page
from chalicelib.web.proof import proof_page, used_page
from chalicelib.web.trouble import missing_page, trouble_page

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
        "card": card_page(a_view(**words), language, now=NOW),
        "card, test": card_page(a_view(face=a_face(is_test=True), **words), language, now=NOW),
        "card, void": card_page(a_view(face=a_face(is_void=True), **words), language, now=NOW),
        "card, empty": card_page(a_view(face=a_face(points=0), history=()), language, now=NOW),
        "card, in debt": card_page(a_view(face=a_face(points=-20), **words), language, now=NOW),
        "card, top level": card_page(a_view(face=a_face(tier="Gold", progress=None), **words), language, now=NOW),
        "card, pale": card_page(a_view(face=a_face(look=Look("#fff", "#eee", "#ddd", "")), **words), language, now=NOW),
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
