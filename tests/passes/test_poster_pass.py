"""A program with artwork has a poster beside its store card, in one signed pass."""

import struct
from pathlib import Path

import msgspec
import pytest
from pass_samples import FACE, PASS_TYPE, TEAM, TOKEN_KEY, StandingClock, files_of, openssl_verify, pass_json, secret_of

from chalicelib.cards.face import CardFace
from chalicelib.errors import Broken
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.services.ports import Wallet
from chalicelib.services.ports.pictures import NEUTRAL
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms
from ops.laptop.authority import Papers


def picture(width: int, height: int) -> bytes:
    """As much of a PNG as says how large it is."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


def posted(papers: Papers, artwork: bytes) -> tuple[Issuer, CardFace]:
    """An issuer, and the face of a program whose look has this artwork."""
    pictures = MemoryPictures()
    neutral = pictures.sheet(NEUTRAL)
    assert neutral is not None
    icons = {place: pictures.picture(digest) or b"" for place, digest in neutral.items() if "/icon" in place}
    sheet = pictures.keep({**icons, "apple/artwork.png": artwork, "apple/primaryLogo.png": picture(120, 30)})
    clock = StandingClock(int(papers.certificate.stat().st_mtime * 1000))
    shared = Wallet("", PASS_TYPE, TEAM, "apple")
    tenants = Tenants(MemoryPrograms(), secret=lambda _: secret_of(papers), shared=shared, clock=clock)
    url = "https://cards.example/apple"
    issuer = Issuer(tenants, pictures=pictures, clock=clock, web_service_url=url, token_key=TOKEN_KEY)
    return issuer, msgspec.structs.replace(FACE, look=msgspec.structs.replace(FACE.look, sheet=sheet))


def test_artwork_makes_a_poster_in_the_same_signed_pass(papers: Papers, tmp_path: Path) -> None:
    issuer, face = posted(papers, picture(358, 448))
    data = issuer.issue(face, "s1")
    files = files_of(data)
    assert {"artwork.png", "primaryLogo.png", "icon@3x.png"} <= set(files)
    assert {"storeCard", "posterGeneric"} <= set(pass_json(data))
    parts = {"signature": files["signature"], "content": files["manifest.json"]}
    assert openssl_verify("smime", tmp_path, root=papers.root, **parts) == 0


def test_artwork_that_is_too_large_is_refused_before_it_is_signed(papers: Papers) -> None:
    issuer, face = posted(papers, picture(359, 448))
    with pytest.raises(Broken, match=r"artwork\.png.*at most 358x448"):
        issuer.issue(face, "s1")
