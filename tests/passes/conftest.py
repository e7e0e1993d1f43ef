"""Papers, a signer and an issuer: made once, they take some tenths of a second."""

import pytest
from pass_samples import PASS_TYPE, TEAM, TOKEN_KEY, StandingClock, secret_of

from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.signing import Signer
from chalicelib.passes.apple.tenants import Tenants
from chalicelib.services.ports import Wallet
from chalicelib.store.memory.pictures import MemoryPictures
from chalicelib.store.memory.programs import MemoryPrograms
from ops.laptop.authority import Papers, ensure


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("papers")
    return ensure(folder, pass_type=PASS_TYPE, team=TEAM, organisation="Bean Street Coffee GmbH")


@pytest.fixture(scope="session")
def signer(papers: Papers) -> Signer:
    files = (papers.certificate, papers.key, papers.intermediate)
    made = int(papers.certificate.stat().st_mtime * 1000)
    return Signer.load(*(path.read_bytes() for path in files), pass_type=PASS_TYPE, team=TEAM, now=made)


@pytest.fixture(scope="session")
def issuer(papers: Papers) -> Issuer:
    clock = StandingClock(int(papers.certificate.stat().st_mtime * 1000))
    tenants = Tenants(
        MemoryPrograms(), secret=lambda _: secret_of(papers), shared=Wallet("", PASS_TYPE, TEAM, "apple"), clock=clock
    )
    url = "https://cards.example/apple"
    return Issuer(tenants, pictures=MemoryPictures(), clock=clock, web_service_url=url, token_key=TOKEN_KEY)
