"""The pages' front desk: reads the request, asks the services, and puts the answer into a page.

program, join, send the program's page and its forms
card, code, mail    the member's card, the six digits typed on it, and another mail
link, open_link     the page behind the link in the mail, and its button
"""

from collections.abc import Mapping
from typing import get_args

import msgspec

from chalicelib.cards.face import CardFace
from chalicelib.cards.facing import Holder, face_of
from chalicelib.errors import Malformed, Refused
from chalicelib.ledger.journal import Snapshot
from chalicelib.members import identity
from chalicelib.members.people import Consent, Purpose
from chalicelib.programs.program import Program
from chalicelib.programs.texts import benefits
from chalicelib.services.answer import Answer
from chalicelib.services.enrolling import Enrolment, Joining, Mail
from chalicelib.services.ports import Card, Clock, Programs
from chalicelib.services.sending import Sending
from chalicelib.services.showing import Showing
from chalicelib.web.answer import redirect
from chalicelib.web.card import CardView, Felt, Notice, card_json, card_page, notice, told
from chalicelib.web.consent import Shop, consent_text, marketing_text, shop_of, text_sha
from chalicelib.web.devices import fitting, in_app
from chalicelib.web.join import JoinForm, masked, parse_address, parse_code, parse_join
from chalicelib.web.language import Speech
from chalicelib.web.pictures import PictureRoom
from chalicelib.web.program import Found, ProgramView, program_page
from chalicelib.web.proof import proof_page, used_page
from chalicelib.web.terms import shown_terms
from chalicelib.web.trouble import closed_page, missing_page, replaced_page, trouble_page
from chalicelib.web.visit import Visit

MAIL_NOTICES: Mapping[Mail, Notice] = {
    "sent": Notice.MAIL_SENT,
    "failed": Notice.MAIL_NOT_SENT,
    "limited": Notice.TOO_MANY_MAILS,
    "none": Notice.MAIL_NOT_SENT,
}
"""What became of a mail."""
REFUSALS: Mapping[str, Notice] = {
    "wrong_code": Notice.WRONG_CODE,
    "too_many_tries": Notice.TOO_MANY_TRIES,
    "joining_paused": Notice.JOINING_PAUSED,
}
"""Why a code was not taken; any other reason is said as CODE_EXPIRED."""


class Desk(msgspec.Struct, frozen=True):
    """Serves every page for members."""

    programs: Programs
    enrolment: Enrolment
    showing: Showing
    clock: Clock
    base_url: str
    pictures: PictureRoom
    sending: Sending
    has_google: bool = False
    has_apple: bool = True

    def program(self, slug: str, visit: Visit) -> Answer:
        """GET /p/{program}."""
        program = self.programs.program(slug)
        if program is None:
            return missing_page("program", visit.language(("en", "ru")))
        language = visit.language(program.latest.definition.languages)
        found: Found | None = "sent" if visit.query.get("note") == "sent" else None
        return program_page(self._program_view(program, language), language, found=found)

    def send(self, slug: str, visit: Visit) -> Answer:
        """POST /p/{program}/send: 303 and a letter, alike for known and unknown addresses; or the page says why."""
        program = self.programs.program(slug)
        if program is None:
            return missing_page("program", visit.language(("en", "ru")))
        language = visit.language(program.latest.definition.languages)
        try:
            email = parse_address(visit.body)
        except Malformed as err:
            return trouble_page(413 if err.reason == "form_too_large" else 400, language)
        if not email:
            return program_page(self._program_view(program, language), language, found="email_malformed")
        mail = self.sending.to_address(program, email, language=language, sender=visit.sender)
        if mail == "sent":
            return redirect(303, f"/p/{slug}?note=sent&lang={language}#find-heading")
        view = self._program_view(program, language)
        return program_page(view, language, found="too_many" if mail == "limited" else "not_sent")

    def join(self, slug: str, visit: Visit) -> Answer:
        """POST /p/{program}/join: 303 to the new card, alike for known and unknown addresses; 422 with the reasons.

        409 while joining is paused.
        """
        program = self.programs.program(slug)
        if program is None:
            return missing_page("program", visit.language(("en", "ru")))
        languages = program.latest.definition.languages
        language = visit.language(languages)
        if program.is_paused("joining"):
            return program_page(self._program_view(program, language), language, is_refused=True)
        shop = shop_of(program)
        try:
            form = parse_join(visit.body, languages=languages, consent_sha=text_sha(consent_text(shop, language)))
        except Malformed as err:
            return trouble_page(413 if err.reason == "form_too_large" else 400, language)
        if form.problems:
            return program_page(self._program_view(program, language), language, form=form)
        joined = self.enrolment.join(program, self._joining(form, shop, language, visit.sender))
        note = Notice.JOINED if joined.mail in ("sent", "none") else MAIL_NOTICES[joined.mail]
        return redirect(303, f"/c/{joined.link}?note={note.value}")

    def card(self, link: str, visit: Visit) -> Answer:
        """GET /c/{card}: the page, or the same facts as JSON."""
        card = self.enrolment.card(link)
        if card is None:
            return self.gone(link, visit)
        if visit.accept.split(",")[0].partition(";")[0].strip() == "application/json":
            return card_json(self._card_view(card, link, visit))
        return self._card_page(card, link, visit, said=notice(visit.query.get("note", "")))

    def code(self, link: str, visit: Visit) -> Answer:
        """POST /c/{card}/proof: the six digits attach this very card; 303 back to it, or the page with the reason."""
        card = self.enrolment.card(link)
        if card is None:
            return self.gone(link, visit)
        code = _read_code(visit.body)
        if not code:
            return self._card_page(card, link, visit, said=Notice.CODE_MISSING, is_answer=True)
        try:
            self.enrolment.prove_by_code(self.program_of(card), card, code)
        except Refused as err:
            said = REFUSALS.get(err.reason, Notice.CODE_EXPIRED)
            return self._card_page(card, link, visit, said=said, is_answer=True)
        return redirect(303, f"/c/{link}?note={Notice.CONFIRMED.value}")

    def mail(self, link: str, visit: Visit) -> Answer:
        """POST /c/{card}/mail: another code, or a link to the card where the address is confirmed; 303 back to it.

        Or the page that says why none was sent.
        """
        card = self.enrolment.card(link)
        if card is None:
            return self.gone(link, visit)
        is_proved = self.enrolment.proved(card) is not None
        said = MAIL_NOTICES[self.sending.to_owner(self.program_of(card), card, sender=visit.sender)]
        if said is Notice.MAIL_SENT:
            said = Notice.CARD_SENT if is_proved else said
            return redirect(303, f"/c/{link}?note={said.value}")
        return self._card_page(card, link, visit, said=said, is_answer=True)

    def link(self, token: str, visit: Visit) -> Answer:
        """GET /proof/{token}: a page with one button. It changes nothing."""
        program = self._program_behind(token)
        if program is None:
            return used_page(visit.language(("en", "ru")))
        language = visit.language(program.latest.definition.languages)
        agreed = consent_text(shop_of(program), language)
        return proof_page(token, program.latest.definition.business.name, language, consent=agreed)

    def open_link(self, token: str, visit: Visit) -> Answer:
        """POST /proof/{token}: 303 to a card of the proved address, here in this browser."""
        program = self._program_behind(token)
        if program is None:
            return used_page(visit.language(("en", "ru")))
        language = visit.language(program.latest.definition.languages)
        shop = shop_of(program)
        agreed = (self._consent("program", consent_text(shop, language), language),)
        try:
            link = self.enrolment.prove_by_link(program, token.partition(".")[2], agreed)
        except Refused as err:
            is_closed = err.reason == "joining_paused"
            return closed_page(language) if is_closed else used_page(language, program=program.slug)
        return redirect(303, f"/c/{link}?note={Notice.CONFIRMED.value}")

    def _card_page(
        self, card: Card, link: str, visit: Visit, *, said: Notice | None, is_answer: bool = False
    ) -> Answer:
        language = self.language(card, visit)
        status = said.status if said is not None and is_answer else 200
        view = self._card_view(card, link, visit)
        return card_page(view, language, now=self.clock.now(), said=said, status=status)

    def _card_view(self, card: Card, link: str, visit: Visit) -> CardView:
        language = self.language(card, visit)
        face = self.face(card, link)
        speech = Speech(language, face.time_zone)
        lines = tuple(told(row, why, speech) for row, why in self.showing.history(card, language))
        address, is_proved = self.enrolment.address(card)
        return CardView(
            link,
            face,
            lines,
            wallets=fitting(visit.user_agent, has_google=self.has_google, has_apple=self.has_apple),
            unproved=masked(address) if address and not is_proved else "",
            is_proved=is_proved,
            logo=self.pictures.logo(face),
            strip=self.pictures.strip(face),
            icon=self.pictures.icons(face).get("icon-192", ""),
            hint=in_app(visit.user_agent),
            paused=_felt(self.program_of(card)),
        )

    def face(self, card: Card, link: str) -> CardFace:
        """The card as it is now, with the address of its page, which only its holder knows."""
        return msgspec.structs.replace(self.showing.face(card).face, card_url=f"{self.base_url}/c/{link}")

    def gone(self, link: str, visit: Visit) -> Answer:
        """What is said where a link leads to no card: 410 when it once did, else 404."""
        language = visit.language(("en", "ru"))
        return replaced_page(language) if self.enrolment.was_replaced(link) else missing_page("card", language)

    def language(self, card: Card, visit: Visit) -> str:
        """In which the reader sees this card's pages."""
        return visit.language(self.program_of(card).latest.definition.languages)

    def _program_view(self, program: Program, language: str) -> ProgramView:
        now = self.clock.now()
        definition = program.in_force(now).definition
        sample = face_of(definition, Snapshot(opened=0), Holder("", "", language, is_void=False), 0)
        return ProgramView(
            shop=shop_of(program),
            sample=sample,
            benefits=benefits(definition, language),
            terms=shown_terms(program, language, now),
            logo=self.pictures.logo(sample),
            is_closed=program.is_paused("joining"),
            paused=_felt(program),
        )

    def _joining(self, form: JoinForm, shop: Shop, language: str, sender: str) -> Joining:
        consents = [self._consent("program", consent_text(shop, language), language)]
        if form.marketing:
            consents.append(self._consent("marketing", marketing_text(shop, language), language))
        return Joining(
            email=identity.email(form.email),
            phone=identity.phone(form.phone),
            name=form.name,
            language=form.language,
            consents=tuple(consents),
            sender=sender,
        )

    def _consent(self, purpose: Purpose, text: str, language: str) -> Consent:
        return Consent(purpose, text_sha(text), language, self.clock.now())

    def program_of(self, card: Card) -> Program:
        """The card's program."""
        program = self.programs.program(card.program)
        assert program is not None, "a card's program is never unpublished"
        return program

    def _program_behind(self, token: str) -> Program | None:
        return self.programs.program(token.partition(".")[0])


def _felt(program: Program) -> tuple[Felt, ...]:
    """What of the program's pauses a member feels: also those of one connection, and what is being caught up with."""
    paused = {pause.what for pause in program.pauses}
    return tuple(what for what in get_args(Felt) if what in paused)


def _read_code(body: bytes) -> str:
    try:
        return parse_code(body)
    except Malformed:
        return ""
