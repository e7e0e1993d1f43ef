"""Building and signing a pass, beside the bare RSA signature and beside two libraries used as their pages show.

Measured is Issuer.issue: from a member's face to the signed file, with every check. The card has nine pictures of some
130 kB and two languages. Every contender's pass is verified by openssl before the clock starts. Counted is the time
of processors, not of the clock on the wall: other programs on the machine change that, and hardly this.
"""

import io
import json
import os
import statistics
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import wallet.models
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.pinned import one_core
from chalicelib.bootstrap.system import SystemClock
from chalicelib.cards.face import Arriving, CardFace, CurrencyNames, Ending, Look, Progress
from chalicelib.passes.apple.content import PassContent
from chalicelib.passes.apple.fields import PassIdentity, content_of
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.package import build, prepare
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.passes.apple.texts import words
from chalicelib.services.ports import Wallet
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms
from ops.laptop.authority import Papers, ensure

TITLE = "Build and sign a pass (9 pictures of 130 kB, two languages; taken in turns)"

_PEER = Path(__file__).parent / "passkit.mjs"
_PASS_TYPE, _TEAM = "pass.example.bench", "TEAM123456"
_SIZES = {"icon": (38, 38), "logo": (150, 50), "strip": (375, 144)}
_ROUNDS, _SLICE = 40, 0.1
_MEMBERS = 512
_PEER_SLICE = 1.0
_PEER_ROUNDS = 5

_FACE = CardFace(
    program="bench",
    business="Bean Street Coffee",
    points=1_240,
    names=CurrencyNames({"en": {"one": "bean", "other": "beans"}, "ru": {"one": "зерно", "many": "зёрен"}}),
    arriving=(Arriving(30, 1_796_126_400_000), Arriving(5, None)),
    next_ending=Ending(200, 1_827_615_600_000),
    tier="Silver",
    progress=Progress("Gold", 420, 1000),
    perks=("free_delivery", "early_access"),
    barcode="BS-4711-0815",
    look=Look("#2b1d14", "#ffffff", "#e0c9a6", scene="plain"),
    languages=("en", "ru"),
    language="en",
    time_zone="Europe/Berlin",
    contact="hello@beanstreet.example",
    privacy="https://beanstreet.example/privacy",
    card_url="https://cards.example/p/bean-street",
    is_test=False,
)

Make = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Bench:
    """The papers, the pictures by Wallet's name, and our issuer over both."""

    papers: Papers
    pictures: Mapping[str, bytes]
    issuer: Issuer
    tenants: Tenants
    faces: Sequence[CardFace]

    @classmethod
    def inside(cls, folder: Path) -> "Bench":
        papers = ensure(folder / "papers", pass_type=_PASS_TYPE, team=_TEAM, organisation="Bench")
        secret = json.dumps(
            {name: getattr(papers, name).read_text() for name in ("certificate", "key", "intermediate")}
        )
        clock, kept = SystemClock(), MemoryPictures()
        wallet_ = Wallet("", _PASS_TYPE, _TEAM, "bench")
        tenants = Tenants(MemoryPrograms(), secret=lambda _: secret, shared=wallet_, clock=clock)
        pictures = _pictures()
        sheet = kept.keep({_place(name): data for name, data in pictures.items()})
        issuer = Issuer(
            tenants, pictures=kept, clock=clock, web_service_url="https://cards.example/apple", token_key=bytes(32)
        )
        look = msgspec.structs.replace(_FACE.look, sheet=sheet)
        faces = [
            msgspec.structs.replace(_FACE, look=look, points=number, barcode=f"BS-{number:08d}")
            for number in range(_MEMBERS)
        ]
        return cls(papers, pictures, issuer, tenants, faces)

    def contents(self) -> list[PassContent]:
        """What the passes of the members say."""
        said = words(_FACE.names, _FACE.languages, _FACE.language)
        identity = PassIdentity("1", "0" * 64, "https://cards.example/apple", _PASS_TYPE, _TEAM, _FACE.business)
        return [
            content_of(face, msgspec.structs.replace(identity, serial=face.barcode), said, news="points")
            for face in self.faces
        ]

    def issue(self, number: int) -> bytes:
        """The pass of one of many members: no two in a row are alike."""
        return self.issuer.issue(self.faces[number % _MEMBERS], f"serial-{number:08d}")


def measure(screen: Console) -> Table:
    """Medians of alternating slices, and the ratio to the bare signature of the slice beside it (with quartiles)."""
    with one_core(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench = Bench.inside(folder)
        _verify(bench.issue(1), bench, folder)
        key, form = bench.tenants.named(_PASS_TYPE).signer.papers.key, (padding.PKCS1v15(), hashes.SHA256())
        numbers = iter(range(10_000_000))
        contents = bench.contents()
        signer, now = bench.tenants.named(_PASS_TYPE).signer, SystemClock().now()
        prepared = prepare(bench.pictures, words(_FACE.names, _FACE.languages, _FACE.language).tables)
        made = {
            "bare RSA-2048 signature": lambda: key.sign(b"x" * 107, *form),
            "pointpass, check, build and sign": lambda: build(
                prepared, contents[next(numbers) % _MEMBERS], signer, now
            ),
            "pointpass, from a member's face on": lambda: bench.issue(next(numbers)),
        }
        rounds = track(range(_ROUNDS), "Signing", console=screen, transient=True)
        rates = [[_rate(make) for make in made.values()] for _ in rounds]
        peers = {"wallet-py3k 0.0.4": _python(bench, folder), "passkit-generator 3.6.1": _node(bench, folder)}
        table = Table("what", "passes a second of one core", "ratio", "quartiles")
        for place, what in enumerate(made):
            told = statistics.median(row[place] for row in rates)
            table.add_row(what, f"{told:,.0f}", *_ratio([row[place] / row[0] for row in rates]))
        for peer, rate in peers.items():
            beside = [(_rate(lambda: bench.issue(next(numbers))), rate()) for _ in range(_PEER_ROUNDS)]
            told = statistics.median(theirs for _, theirs in beside)
            ratio, quartiles = _ratio([mine / theirs for mine, theirs in beside])
            table.add_row(peer, f"{told:,.1f}", f"pointpass is {ratio}x", quartiles)
    return table


def _ratio(ratios: list[float]) -> tuple[str, str]:
    low, middle, high = statistics.quantiles(ratios, n=4)
    digits = 3 if middle < 10 else 0
    return f"{middle:.{digits}f}", f"{low:.{digits}f} to {high:.{digits}f}"


def _rate(make: Make) -> float:
    """How many a second of one core, over one slice."""
    count, began = 0, time.process_time()
    while (now := time.process_time()) - began < _SLICE:
        make()
        count += 1
    return count / (now - began)


def _pictures() -> dict[str, bytes]:
    """Nine PNGs of noise that weigh 130 kB together."""
    found = {}
    for kind, (width, height) in _SIZES.items():
        for scale, suffix in ((1, ""), (2, "@2x"), (3, "@3x")):
            size = (width * scale, height * scale)
            picture = Image.effect_noise(size, 2).convert("P", palette=Image.Palette.ADAPTIVE, colors=2)
            file = io.BytesIO()
            picture.save(file, "PNG", optimize=True)
            found[f"{kind}{suffix}.png"] = file.getvalue()
    return found


def _place(name: str) -> str:
    """Where a picture stands in a sheet."""
    return f"apple/strip/plain{name.removeprefix('strip')}" if name.startswith("strip") else f"apple/{name}"


def _verify(data: bytes, bench: Bench, folder: Path) -> None:
    """By openssl, both ways. Raises CalledProcessError."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in ("signature", "manifest.json"):
            (folder / name).write_bytes(archive.read(name))
    for tool in ("smime", "cms"):
        command = ["openssl", tool, "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content"]
        command += ["manifest.json", "-CAfile", str(bench.papers.root), "-purpose", "any", "-out", "verified"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _members(bench: Bench, folder: Path) -> tuple[dict[str, object], Path]:
    """Our pass.json, and a folder with the pictures and the strings of both languages."""
    files = folder / "files"
    with zipfile.ZipFile(io.BytesIO(bench.issue(1))) as archive:
        content = json.loads(archive.read("pass.json"))
        archive.extractall(files)
    for name in ("signature", "manifest.json", "pass.json"):
        (files / name).unlink()
    return content, files


def _python(bench: Bench, folder: Path) -> Callable[[], float]:
    content, files = _members(bench, folder)
    password = folder / "key.pem"
    password.write_bytes(bench.papers.key.read_bytes())

    def make() -> bytes:
        card = wallet.models.StoreCard()
        for field in (field for group in content["storeCard"].values() for field in group):  # type: ignore[attr-defined]
            card.addAuxiliaryField(field["key"], field["value"], field.get("label", ""))
        made = wallet.models.Pass(card, organizationName="Bench", passTypeIdentifier=_PASS_TYPE, teamIdentifier=_TEAM)
        made.serialNumber, made.description = "1", "Bench"
        made.barcode = wallet.models.Barcode(message="1", format=wallet.models.BarcodeFormat.QR)
        for path in sorted(files.rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    made.addFile(str(path.relative_to(files)), file)
        papers = (str(bench.papers.certificate), str(password), str(bench.papers.intermediate))
        return made.create(*papers, "").getvalue()  # type: ignore[no-any-return]

    _verify(make(), bench, folder)

    def rate() -> float:
        count, began = 0, sum(os.times()[:4])  # it starts a process for each pass
        while (now := sum(os.times()[:4])) - began < _PEER_SLICE:
            make()
            count += 1
        return count / (now - began)

    return rate


def _node(bench: Bench, folder: Path) -> Callable[[], float]:
    content, files = _members(bench, folder)
    (folder / "card.json").write_text(json.dumps(content))
    papers = [str(getattr(bench.papers, name)) for name in ("certificate", "key", "intermediate")]
    command = ["node", str(_PEER), str(folder / "card.json"), str(files), *papers, str(folder / "peer.pkpass")]

    def rate() -> float:
        done = subprocess.run([*command, str(_PEER_SLICE)], check=True, capture_output=True, text=True)
        return float(done.stdout)

    rate()
    _verify((folder / "peer.pkpass").read_bytes(), bench, folder)
    return rate
