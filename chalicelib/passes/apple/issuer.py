"""The issuer: puts a member's face on a signed pass."""

from functools import lru_cache

from chalicelib.cards.face import CardFace, CurrencyNames, News, Scene
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.fields import PassIdentity, content_of
from chalicelib.passes.apple.images import pictures_of
from chalicelib.passes.apple.package import Prepared, build, prepare
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.passes.apple.texts import OwnTexts, Words, own_texts, words
from chalicelib.services.ports import Clock
from chalicelib.services.ports.pictures import Pictures

_Forms = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
_Look = tuple[Pictures, str, Scene]


class Issuer:
    """Signs passes for every program of a deployment; made once per container.

    tenants: whose papers sign for which program
    web_service_url: where phones ask, without "/v1"      token_key: 32 secret bytes; changing them orphans every pass
    """

    def __init__(
        self, tenants: Tenants, *, pictures: Pictures, clock: Clock, web_service_url: str, token_key: bytes
    ) -> None:
        self._tenants = tenants
        self._clock = clock
        self._pictures = pictures
        self._web_service_url = web_service_url
        self._token_key = token_key

    def issue(self, face: CardFace, serial: str, *, news: News = "points", pass_type: str = "") -> bytes:
        """The .pkpass of the card `serial` that shows `face`.

        news: what differs from the phone's pass, so that it is announced
        pass_type: that of the pass on the phone; "" for a new one, which gets the program's newest
        Raises: Broken when the face cannot be drawn within Apple's limits, or nothing can be signed for the program.
        """
        signer = self._tenants.of(face.program, pass_type).signer
        forms = tuple((language, tuple(each.items())) for language, each in face.names.forms.items())
        look = (self._pictures, face.look.sheet, face.look.scene)
        said, prepared = _prepared(look, forms, face.languages, face.language, own_texts(face))
        identity = PassIdentity(
            serial=serial,
            authentication_token=token_of(self._token_key, serial),
            web_service_url=self._web_service_url,
            pass_type=signer.pass_type,
            team=signer.team,
            organisation=face.business,
        )
        content = content_of(
            face, identity, said, news=news, has_poster=prepared.has_poster, has_wordmark=prepared.has_wordmark
        )
        return build(prepared, content, signer, self._clock.now())


@lru_cache(maxsize=128)
def _prepared(
    look: _Look, forms: _Forms, languages: tuple[str, ...], language: str, texts: OwnTexts
) -> tuple[Words, Prepared]:
    """What the passes of one look share in one scene and language: some 15 kB, kept ready."""
    names = CurrencyNames({each: dict(pairs) for each, pairs in forms})
    said = words(names, languages, language, texts)
    return said, prepare(pictures_of(*look), said.tables, messages=said.messages)
