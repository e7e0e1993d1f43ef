"""`pointpass apple`: the certificate that signs passes and pushes, from the request to its renewal every year."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from chalicelib.errors import Broken, LoyaltyError
from ops.accounts import papers
from ops.accounts.papers import Subject
from ops.accounts.place import Place, place_of, plain
from ops.options import STAGE

_screen = Console()
_PASS_TYPE = re.compile(r"pass\.[A-Za-z0-9.-]{1,120}")
_WORDS = {
    "certificate_unreadable": "This is no certificate. Download it once more: Apple hands it out as pass.cer.",
    "not_of_a_pass_type": "This certificate is not of a Pass Type ID. Choose that kind when you make it at Apple.",
    "no_intermediate": "The certificate was issued by {issuer}, which is not known here. Download that intermediate "
    "from https://www.apple.com/certificateauthority/ and name it: --intermediate FILE.",
    "not_of_apples_root": "{issuer} was not issued by Apple's root: a phone would refuse every pass.",
    "key_is_not_the_certificates": "The key does not belong to this certificate. It belongs to the request of the same "
    "day: choose the folder of that request with --folder, or make a new request.",
    "key_unreadable": "The key in the folder cannot be read. Make a new request.",
    "certificate_expired": "The {which} ended on {ended}.",
    "certificate_not_yet_valid": "The {which} is good from {starts} only. Is this computer's clock right?",
    "pass_type_is_not_the_certificates": "The certificate is of {found}, and the stage's pass type is {wanted}.",
    "team_is_not_the_certificates": "The certificate is of the team {found}, and the stage's team is {wanted}.",
    "certificate_signs_no_passes": "This certificate is not made to sign passes. Choose Pass Type ID when you make it.",
    "secrets_unavailable": "The place where secrets are kept does not answer ({cause}).",
}
_FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("apple-papers"),
    show_default=True,
    help="Where the key waits for its certificate, readable by you alone.",
)
_CERTIFICATE = click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_INTERMEDIATE = click.option(
    "--intermediate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Apple's intermediate, when it is newer than those kept here.",
)
_SECRET = click.option("--secret", default="", help="The secret's name, where the stage has no settings yet.")
_REGION = click.option("--region", default="", help="The region, with --secret.")


@click.group()
def apple() -> None:
    """Apple Wallet: ask for the certificate of a pass type, put it in place, and renew it once a year."""


@apple.command()
@click.argument("pass_type")
@_FOLDER
@click.option("--email", default="", help="Written into the request, for people.")
@click.option("--replace", "is_new", is_flag=True, help="Throw away a key that waits for its certificate.")
def request(pass_type: str, folder: Path, email: str, *, is_new: bool) -> None:
    """Make a key and a request for PASS_TYPE, such as pass.com.example.cards. No Mac is needed."""
    if not _PASS_TYPE.fullmatch(pass_type):
        raise click.ClickException('A pass type begins with "pass." and your domain backwards: pass.com.example.cards')
    key_file, request_file = _key_file(folder, pass_type), folder / f"{pass_type}.certSigningRequest"
    if key_file.exists() and not is_new:
        raise click.ClickException(
            f"{key_file} waits for its certificate already. Its request is {request_file}. A new one: --replace."
        )
    key, signing = papers.new_request(pass_type, email)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(key_file, key)
    _write(request_file, signing)
    _screen.print(f"The key waits in {key_file}. Show it to nobody; `install` takes it from there.", highlight=False)
    for place, step in enumerate(_steps(pass_type, request_file), start=1):
        _screen.print(f"{place}. {step}", highlight=False, soft_wrap=True)


@apple.command()
@_CERTIFICATE
@_FOLDER
@_INTERMEDIATE
@_SECRET
@_REGION
@STAGE
def install(
    certificate: Path, *, folder: Path, intermediate: Path | None, secret: str, region: str, stage: str
) -> None:
    """Check the CERTIFICATE that Apple made (pass.cer), and keep it with its key as the stage's secret."""
    place, name = _place(stage, secret, region)
    if place.known(name) is not None:
        raise click.ClickException(f"{name} holds a certificate already. To put a new one in its place: renew.")
    subject, fresh = _checked(certificate, folder, intermediate, place)
    _keep(place, name, fresh, subject, before=None)
    _key_file(folder, subject.pass_type).unlink()
    _tell(subject, fresh)
    _screen.print(
        f"Kept as the secret {name}. The stage is told by: AppleSecret={name} ApplePassType={subject.pass_type} "
        f"AppleTeam={subject.team}",
        highlight=False,
        soft_wrap=True,
    )


@apple.command()
@_CERTIFICATE
@_FOLDER
@_INTERMEDIATE
@_SECRET
@_REGION
@STAGE
def renew(certificate: Path, *, folder: Path, intermediate: Path | None, secret: str, region: str, stage: str) -> None:
    """Put a new CERTIFICATE of the same pass type in place. Cards that are out stay as they are."""
    place, name = _place(stage, secret, region)
    before = place.known(name)
    if before is None:
        raise click.ClickException(f"{name} holds nothing yet. The first certificate: install.")
    old = _subject(before)
    subject, fresh = _checked(certificate, folder, intermediate, place)
    if (subject.pass_type, subject.team) != (old.pass_type, old.team):
        raise click.ClickException(
            f"The certificate is of {subject.pass_type}, team {subject.team}. The cards that are out are of "
            f"{old.pass_type}, team {old.team}: with another one no phone would take an update of them."
        )
    if subject.number == old.number:
        raise click.ClickException("This certificate is in use already.")
    _keep(place, name, {**json.loads(before), **fresh}, subject, before=before)
    _key_file(folder, subject.pass_type).unlink()
    _tell(subject, fresh)
    _screen.print(
        f"It replaces the one that ends on {old.ends.date()}, which stays in {name} as the version before. Functions "
        "take the new one when they start next, or within five minutes.",
        highlight=False,
        soft_wrap=True,
    )


@apple.command()
@_SECRET
@_REGION
@STAGE
def show(secret: str, region: str, stage: str) -> None:
    """Say whose certificate signs passes, and until when."""
    place, name = _place(stage, secret, region)
    text = place.known(name)
    if text is None:
        raise click.ClickException(f"{name} holds nothing yet. Begin with: pointpass apple request PASS_TYPE")
    _tell(_subject(text), json.loads(text))


def _steps(pass_type: str, request_file: Path) -> list[str]:
    return [
        "Sign in at https://developer.apple.com/account/resources/identifiers/list/passTypeId (a paid membership; "
        "docs/wallet-accounts.md says what it costs and how long it takes).",
        f"Unless it is there: press +, choose Pass Type IDs, and register the identifier {pass_type}.",
        "Open it, press Create Certificate (for a renewal, too: the old one stays good beside it).",
        f"Upload {request_file}.",
        "Download pass.cer, and run: pointpass apple install pass.cer   (or, for a renewal: renew pass.cer)",
    ]


def _place(stage: str, secret: str, region: str) -> tuple[Place, str]:
    if bool(secret) != bool(region):
        raise click.ClickException("Where the stage has no settings yet, name both: --secret NAME --region REGION.")
    place = place_of(stage, region=region)
    name = secret or (place.settings.apple_secret if place.settings else "")
    if not name:
        raise click.ClickException(f"{stage} has no Apple Wallet yet. Name its secret: --secret NAME --region REGION.")
    return place, name


def _checked(
    certificate: Path, folder: Path, intermediate: Path | None, place: Place
) -> tuple[Subject, dict[str, str]]:
    """Whose the certificate is, and the secret it makes: checked as a phone and the house would."""
    try:
        read = papers.read_certificate(certificate.read_bytes())
        subject = papers.subject_of(read)
        given = intermediate.read_bytes() if intermediate else None
        issuer = papers.intermediate_of(read, papers.AUTHORITIES, given)
        fresh = papers.secret_of(read, _waiting_key(folder, subject.pass_type), issuer)
        told = place.settings
        papers.proved(
            fresh,
            pass_type=(told.apple_pass_type if told else "") or subject.pass_type,
            team=(told.apple_team if told else "") or subject.team,
            now=datetime.now(UTC),
        )
    except LoyaltyError as err:
        raise plain(err, _WORDS) from err
    return subject, fresh


def _waiting_key(folder: Path, pass_type: str) -> bytes:
    path = _key_file(folder, pass_type)
    if not path.exists():
        raise click.ClickException(
            f"There is no key of {pass_type} in {folder}. It was made where you ran `pointpass apple request`: name "
            "that folder with --folder. A key that is lost cannot be had again: make a new request."
        )
    return path.read_bytes()


def _keep(place: Place, name: str, fresh: dict[str, str], subject: Subject, *, before: str | None) -> None:
    """Store the new papers, read them back and prove that they sign; else put back what was there before."""
    try:
        place.store.keep(name, json.dumps(fresh))
        read_back = json.loads(place.store.fetch(name))
        papers.proved(read_back, pass_type=subject.pass_type, team=subject.team, now=datetime.now(UTC))
    except (LoyaltyError, ValueError, KeyError) as err:
        if before is not None:
            place.store.keep(name, before)
        raise click.ClickException(
            f"What was stored in {name} does not sign{', so the one before was put back' if before else ''}. "
            "The key still waits in its folder."
        ) from err


def _subject(text: str) -> Subject:
    try:
        return papers.subject_of(papers.read_certificate(json.loads(text)["certificate"].encode()))
    except (Broken, ValueError, KeyError) as err:
        raise click.ClickException("What the secret holds is not a certificate of a pass type.") from err


def _tell(subject: Subject, secret: dict[str, str]) -> None:
    issuer = papers.read_certificate(secret["intermediate"].encode())
    now = datetime.now(UTC)
    table = Table(box=None, pad_edge=False, show_header=False)
    for heading, text in (
        ("pass type", subject.pass_type),
        ("team", subject.team),
        ("certificate", f"until {subject.ends.date()}, {subject.days_left(now)} days left"),
        ("issued by", issuer.subject.rfc4514_string()),
        ("which is", f"good until {issuer.not_valid_after_utc.date()}"),
    ):
        table.add_row(heading, text)
    _screen.print(table)


def _key_file(folder: Path, pass_type: str) -> Path:
    return folder / f"{pass_type}.key.pem"


def _write(path: Path, content: bytes) -> None:
    """Readable by its owner only, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
