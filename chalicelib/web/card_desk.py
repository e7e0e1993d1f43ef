"""What a card's holder does with the card itself: installs it, replaces its link and code, ends it.

Nothing happens by opening an address: what cannot be undone is asked for by a form.
"""

import msgspec

from chalicelib.errors import Malformed, Refused
from chalicelib.services.answer import Answer
from chalicelib.services.leaving import Leaving
from chalicelib.services.ports import Card
from chalicelib.services.replacing import Replacing
from chalicelib.web.answer import redirect
from chalicelib.web.card import Notice
from chalicelib.web.desk import MAIL_NOTICES, REFUSALS, Desk
from chalicelib.web.installing import manifest, worker
from chalicelib.web.join import masked, parse_code, parse_fields
from chalicelib.web.keeping import leave_page, replace_page
from chalicelib.web.trouble import trouble_page
from chalicelib.web.visit import Visit


class CardDesk(msgspec.Struct, frozen=True):
    """Serves the pages and files below a card's own address."""

    desk: Desk
    replacing: Replacing
    leaving: Leaving

    def manifest(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/app.webmanifest."""
        card = self.desk.enrolment.card(link)
        if card is None:
            return self.desk.gone(link, visit)
        face = self.desk.face(card, link)
        return manifest(link, face, self.desk.language(card, visit), self.desk.pictures.icons(face))

    def worker(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/worker.js."""
        return worker(link) if self.desk.enrolment.card(link) is not None else self.desk.gone(link, visit)

    def ask_replace(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/replace: says what will happen."""
        card = self.desk.enrolment.card(link)
        if card is None:
            return self.desk.gone(link, visit)
        if card.is_void:
            return redirect(303, f"/c/{link}")
        language = self.desk.language(card, visit)
        return replace_page(link, self.desk.face(card, link), language, key=self.replacing.key())

    def replace(self, link: str, visit: Visit) -> Answer:
        """POST /c/{card}/replace: 303 to the card under its new link, also when the same form is sent again."""
        try:
            (key,) = parse_fields(visit.body, "key")
            card = self.desk.enrolment.card(link)
            fresh = self.replacing.again(link, key) if card is None else self._replaced(card, link, key)
        except Malformed as err:
            return trouble_page(413 if err.reason == "form_too_large" else 400, visit.language(("en", "ru")))
        except Refused as err:
            return self._not_replaced(err, link, visit)
        return redirect(303, f"/c/{fresh}?note={Notice.REPLACED.value}") if fresh else self.desk.gone(link, visit)

    def ask_leave(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}/leave: says what is lost."""
        card = self.desk.enrolment.card(link)
        if card is None:
            return self.desk.gone(link, visit)
        return redirect(303, f"/c/{link}") if card.is_void else self._leave_page(card, link, visit)

    def leave(self, link: str, visit: Visit) -> Answer:
        """POST /c/{card}/leave: sends the code that is asked for, or ends the membership: 303 to the card."""
        card = self.desk.enrolment.card(link)
        if card is None:
            return self.desk.gone(link, visit)
        try:
            (what,) = parse_fields(visit.body, "do")
            code = parse_code(visit.body)
        except Malformed as err:
            return trouble_page(413 if err.reason == "form_too_large" else 400, self.desk.language(card, visit))
        if what == "send":
            mail = self.leaving.send_code(self.desk.program_of(card), card, sender=visit.sender)
            said = Notice.FAREWELL_SENT if mail == "sent" else MAIL_NOTICES[mail]
            return self._leave_page(card, link, visit, said)
        if self.leaving.asks(card) and not code:
            return self._leave_page(card, link, visit, Notice.CODE_MISSING)
        try:
            self.leaving.leave(self.desk.program_of(card), card, code=code)
        except Refused as err:
            return self._leave_page(card, link, visit, REFUSALS.get(err.reason, Notice.CODE_EXPIRED))
        return redirect(303, f"/c/{link}?note={Notice.LEFT.value}")

    def _replaced(self, card: Card, link: str, key: str) -> str:
        return self.replacing.replace(self.desk.program_of(card), card, link, key)

    def _not_replaced(self, err: Refused, link: str, visit: Visit) -> Answer:
        card = self.desk.enrolment.card(link)
        if card is None:
            return self.desk.gone(link, visit)
        if err.reason != "too_many_links":
            return redirect(303, f"/c/{link}")
        face, language = self.desk.face(card, link), self.desk.language(card, visit)
        return replace_page(link, face, language, key=self.replacing.key(), problem="often", status=429)

    def _leave_page(self, card: Card, link: str, visit: Visit, said: Notice | None = None) -> Answer:
        face, language, address = self.desk.face(card, link), self.desk.language(card, visit), self.leaving.asks(card)
        status = said.status if said is not None else 200
        to = masked(address) if address else ""
        return leave_page(link, face, language, address=to, said=said, status=status)
