"""Faces, clocks and openssl for the tests of passes. The shop and its customers are invented."""

import io
import json
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from chalicelib.cards.face import Arriving, CardFace, CurrencyNames, Ending, Look, Progress
from chalicelib.passes.apple.fields import PassIdentity
from ops.laptop.authority import Papers

PASS_TYPE, TEAM = "pass.example.beanstreet", "TEAM123456"
PEMS = ("certificate", "key", "intermediate")
TOKEN_KEY = b"0123456789abcdef0123456789abcdef"
NOW = 1_795_348_800_000  # 22 November 2026, 12:00 UTC
DAY = 86_400_000

BEANS = CurrencyNames(
    {
        "en": {"one": "bean", "other": "beans"},
        "ru": {"one": "зерно", "few": "зерна", "many": "зёрен", "other": "зерна"},
    }
)

FACE = CardFace(
    program="bean-street",
    business="Bean Street Coffee",
    points=1_240,
    names=BEANS,
    arriving=(Arriving(30, NOW + 9 * DAY), Arriving(12, NOW + 5 * DAY), Arriving(5, None)),
    next_ending=Ending(200, 1_827_615_600_000),  # midnight of 1 December 2027 in Berlin
    tier="Silver",
    progress=Progress("Gold", 420, 1000),
    perks=("free_delivery", "early_access"),
    barcode="BS-4711-0815",
    look=Look("#2b1d14", "#ffffff", "#e0c9a6"),
    languages=("en", "ru"),
    language="en",
    time_zone="Europe/Berlin",
    contact="hello@beanstreet.example",
    privacy="https://beanstreet.example/privacy",
    card_url="https://cards.example/p/bean-street",
    is_test=False,
)

IDENTITY = PassIdentity(
    serial="s1",
    authentication_token="0123456789abcdef",
    web_service_url="https://cards.example/apple",
    pass_type=PASS_TYPE,
    team=TEAM,
    organisation="Bean Street Coffee",
)


@dataclass
class StandingClock:
    """ports.Clock that moves when a test says so."""

    instant: int = NOW

    def now(self) -> int:
        return self.instant


def secret_of(papers: Papers, **more: str) -> str:
    """The papers as they lie in a secret."""
    return json.dumps({name: getattr(papers, name).read_text() for name in PEMS} | more)


def files_of(data: bytes) -> dict[str, bytes]:
    """The members of a pass, read by Python's own zip reader, checksums verified."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def fields_of(content: dict[str, object]) -> dict[str, dict[str, object]]:
    """All fields of a pass.json by key."""
    return {field["key"]: field for group in content["storeCard"].values() for field in group}  # type: ignore[attr-defined]


def pass_json(data: bytes) -> dict[str, object]:
    return json.loads(files_of(data)["pass.json"])


def openssl_verify(tool: str, folder: Path, *, signature: bytes, content: bytes, root: Path) -> int:
    """What `openssl smime -verify` or `openssl cms -verify` answers: 0 when the signature is good."""
    (folder / "signature").write_bytes(signature)
    (folder / "manifest.json").write_bytes(content)
    command = ["openssl", tool, "-verify", "-binary", "-inform", "DER", "-in", "signature"]
    command += ["-content", "manifest.json", "-CAfile", str(root), "-purpose", "any", "-out", "verified"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode
