"""What operators have of others, each played by a stand-in: papers of Apple and Google, a mail server, and SES."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ses_stand_in import ses

from ops.laptop import authority, google, google_papers
from ops.laptop.authority import Papers
from ops.laptop.outbox import Outbox, start_post_office
from ops.laptop.runner import free_port

PASS_TYPE, TEAM = "pass.example.cards", "A1B2C3D4E5"
OWN_PASS_TYPE, OWN_TEAM = "pass.example.beans", "BEANS12345"
"""Of a program that has a pass type of its own."""
ISSUER, GOOGLE_SECRET = "3388000000000000003", "pointpass-prod-google"


@dataclass(frozen=True)
class Accounts:
    """`key_file`: of the service account at Google     `ses`: its address     `letters`: what the mail server took
    `authorities`: what commands take for Apple's own certificates
    """

    folder: Path
    authorities: Path
    key_file: Path
    ses: str
    letters: Outbox
    environment: Mapping[str, str]

    def certificate(self, name: str, *, pass_type: str = PASS_TYPE, team: str = TEAM) -> tuple[str, ...]:
        """Words for `apple install` and `renew`: a new certificate, and the folder in which its key waits."""
        made = self.papers(name, pass_type=pass_type, team=team)
        waiting = self.folder / f"{name}-waiting"
        waiting.mkdir()
        (waiting / f"{pass_type}.key.pem").write_bytes(made.key.read_bytes())
        return str(made.certificate), "--folder", str(waiting)

    def papers(self, name: str, *, pass_type: str, team: str) -> Papers:
        """A certificate with its chain, whose root phones would trust from now on."""
        made = authority.ensure(self.folder / name, pass_type=pass_type, team=team, organisation="Bean Street Coffee")
        for each in ("root", "intermediate"):
            (self.authorities / f"{name}-{each}.pem").write_bytes(getattr(made, each).read_bytes())
        return made


@contextmanager
def accounts(folder: Path) -> Iterator[Accounts]:
    """Everything started; stopped again at the end."""
    authorities = folder / "authorities"
    authorities.mkdir(parents=True)
    with ExitStack() as stack:
        key_file = google_papers.service_account(folder / "google.json")
        known = google_papers.account_public_key(key_file)
        wallet = google.start(known, google_papers.Notary(), issuer_id=ISSUER)
        stack.callback(wallet.stop)
        letters, port = Outbox(folder / "letters"), free_port()
        stack.callback(start_post_office(letters, port).stop)
        told = {
            "POINTPASS_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "POINTPASS_GOOGLE_SECRET": GOOGLE_SECRET,
            "POINTPASS_GOOGLE_API_URL": wallet.url,
            "POINTPASS_GOOGLE_TOKEN_URL": wallet.token_url,
        }
        yield Accounts(folder, authorities, key_file, stack.enter_context(ses()), letters, told)
