"""The issuer: puts a member's face on a signed pass."""

from functools import lru_cache

from chalicelib.cards.face import CardFace, CurrencyNames, News
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.fields import PassIdentity, content_of
from chalicelib.passes.apple.images import pictures
from chalicelib.passes.apple.package import Prepared, build, prepare
from chalicelib.passes.apple.signing import Signer
from chalicelib.passes.apple.texts import Words, words

_Forms = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


class Issuer:
    """Signs passes for every program of a deployment; made once per container.

    web_service_url: where phones ask, without "/v1"      token_key: 32 secret bytes; changing them orphans every pass
    """

    def __init__(self, signer: Signer, *, web_service_url: str, token_key: bytes) -> None:
        self._signer = signer
        self._web_service_url = web_service_url
        self._token_key = token_key

    def issue(self, face: CardFace, serial: str, *, news: News = "points") -> bytes:
        """The .pkpass of the card `serial` that shows `face`.

        news: what differs from the phone's pass, so that it is announced
        Raises: Broken when the face cannot be drawn within Apple's limits.
        """
        forms = tuple((language, tuple(each.items())) for language, each in face.names.forms.items())
        said, prepared = _prepared(face.program, forms, face.languages, face.language)
        identity = PassIdentity(
            serial=serial,
            authentication_token=token_of(self._token_key, serial),
            web_service_url=self._web_service_url,
            pass_type=self._signer.pass_type,
            team=self._signer.team,
            organisation=face.business,
        )
        return build(prepared, content_of(face, identity, said, news=news), self._signer)


@lru_cache(maxsize=64)
def _prepared(program: str, forms: _Forms, languages: tuple[str, ...], language: str) -> tuple[Words, Prepared]:
    """What the passes of one program version share in one language: some 100 kB, kept ready."""
    names = CurrencyNames({each: dict(pairs) for each, pairs in forms})
    said = words(names, languages, language)
    return said, prepare(pictures(program), said.tables)
