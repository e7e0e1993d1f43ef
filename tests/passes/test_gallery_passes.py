"""Passes of the programs in the gallery, with their own pictures: within Apple's limits, and small."""

from functools import cache
from pathlib import Path

import msgspec
import pytest
from pass_samples import FACE, PASS_TYPE, TEAM, TOKEN_KEY, StandingClock, files_of, pass_json, secret_of

from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.programs.definition import Definition
from chalicelib.programs.reading import read
from chalicelib.services.ports import Wallet
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms
from ops.laptop.authority import Papers
from ops.looks.preparing import prepared

PROGRAMS = Path(__file__).parents[2] / "programs"
TYPICAL = 20_000
"""Bytes of a pass without a poster's artwork, in whatever scene."""


@cache
def published(name: str) -> tuple[Definition, MemoryPictures, str]:
    definition = read((PROGRAMS / f"{name}.yaml").read_text(), file=name)
    pictures = MemoryPictures()
    return definition, pictures, pictures.keep(prepared(definition, PROGRAMS))


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", ["bean-street", "hometown-cafe", "momo-salon"])
def test_a_pass_of_the_gallery_is_within_the_limits_and_small(name: str, language: str, papers: Papers) -> None:
    definition, pictures, sheet = published(name)
    clock = StandingClock(int(papers.certificate.stat().st_mtime * 1000))
    shared = Wallet("", PASS_TYPE, TEAM, "apple")
    tenants = Tenants(MemoryPrograms(), secret=lambda _: secret_of(papers), shared=shared, clock=clock)
    url = "https://cards.example/apple"
    issuer = Issuer(tenants, pictures=pictures, clock=clock, web_service_url=url, token_key=TOKEN_KEY)
    card, scenes = definition.card, _scenes(pictures, sheet)
    assert scenes
    for scene in scenes:
        face = msgspec.structs.replace(
            FACE,
            language=language,
            look=msgspec.structs.replace(FACE.look, sheet=sheet, scene=scene),
            card_names=card.names,
            links=card.links,
            actions=card.actions,
            places=card.places,
        )
        data = issuer.issue(face, "s1")
        artwork = sum(len(file) for name, file in files_of(data).items() if name.startswith("artwork"))
        assert len(data) - artwork < TYPICAL
        assert {"strip@2x.png", "strip@3x.png"} <= set(files_of(data))
        assert ("logoText" in pass_json(data)) == (not card.pictures.logo)  # of these, each logo is a wordmark
        assert len(pass_json(data)["locations"]) == len(card.places) if card.places else True


def _scenes(pictures: MemoryPictures, sheet: str) -> set[str]:
    places = pictures.sheet(sheet) or {}
    return {
        place.removeprefix("apple/strip/").partition("@")[0].removesuffix(".png")
        for place in places
        if "/strip/" in place and place.startswith("apple/")
    }
