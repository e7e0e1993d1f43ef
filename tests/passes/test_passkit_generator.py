"""Our pass.json, judged by the schemas of npm's passkit-generator: it takes all of it, and drops nothing."""

import json
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pass_samples import FACE, IDENTITY, NOW

from chalicelib.cards.face import CardFace, Message
from chalicelib.passes.apple.fields import content_of
from chalicelib.passes.apple.images import pictures_of
from chalicelib.passes.apple.texts import own_texts, words
from chalicelib.programs.card import CardAction, CardLink, Place
from chalicelib.store.memory.pictures import MemoryPictures
from ops.laptop.authority import Papers

JUDGE = Path(__file__).parent / "passkit_judge.mjs"

FULL = msgspec.structs.replace(
    FACE,
    barcode_kind="ean13",
    barcode="4006381333931",
    card_names={"en": "Bean Club", "ru": "Клуб зёрен"},
    actions=(CardAction("benefits", "https://a.example/club"), CardAction("call", "tel:+493012345678")),
    links=(CardLink("menu", "https://a.example/menu?a=1&b=2"), CardLink("mail", "mailto:hello@a.example")),
    places=(Place(52_520_008, 13_404_954, {"en": "A coffee?", "ru": "Кофе?"}),),
    message=Message("m1", {"en": "Two for one"}, NOW),
    is_ending_soon=True,
)


def judged(content: dict[str, Any], papers: Papers, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """What passkit-generator says of a pass.json with our pictures and papers."""
    (folder / "pass.json").write_text(json.dumps(content))
    for name, picture in pictures_of(MemoryPictures(), "", "").items():
        (folder / name).write_bytes(picture)
    for name, path in (("signer", papers.certificate), ("key", papers.key), ("wwdr", papers.intermediate)):
        (folder / f"{name}.pem").write_bytes(path.read_bytes())
    return subprocess.run(["node", str(JUDGE), str(folder)], capture_output=True, check=False)


def without_empty_groups(content: dict[str, Any]) -> dict[str, Any]:
    """It writes groups without fields, too."""
    for style in ("storeCard", "posterGeneric"):
        content[style] = {group: fields for group, fields in content[style].items() if fields}
    return content


def drawn(face: CardFace) -> dict[str, Any]:
    said = words(face.names, face.languages, face.language, own_texts(face))
    content: dict[str, Any] = json.loads(
        msgspec.json.encode(content_of(face, IDENTITY, said, news="message", has_poster=True))
    )
    return content


@pytest.mark.parametrize(
    "face", [FACE, FULL, msgspec.structs.replace(FULL, is_void=True)], ids=["plain", "full", "ended"]
)
def test_passkit_generator_takes_our_pass_and_drops_nothing(face: CardFace, papers: Papers, tmp_path: Path) -> None:
    ours = drawn(face)
    answer = judged(ours, papers, tmp_path)
    assert answer.returncode == 0, answer.stderr.decode()
    assert without_empty_groups(json.loads(answer.stdout)) == ours


def test_passkit_generator_is_listened_to(papers: Papers, tmp_path: Path) -> None:
    """A judge that takes everything is none."""
    spoiled = {**drawn(FULL), "authenticationToken": "short"}
    answer = judged(spoiled, papers, tmp_path)
    assert answer.returncode != 0 or without_empty_groups(json.loads(answer.stdout)) != spoiled
