"""Apple's side of a certificate, played by openssl: a root, an intermediate, and certificates for requests."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

PASS_TYPE, TEAM = "pass.com.example.cards", "TEAM123456"
_AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"


def openssl(*words: str | Path, given: bytes | None = None) -> bytes:
    done = subprocess.run(["openssl", *map(str, words)], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@dataclass(frozen=True)
class Authority:
    """Its files. `folder` is what the house takes for Apple's certificates."""

    root: Path
    intermediate: Path
    key: Path
    folder: Path

    @classmethod
    def made(cls, at: Path, name: str = "Apple") -> "Authority":
        folder = at / "kept"
        folder.mkdir(parents=True)
        root, root_key, key = folder / "root.pem", at / "root.key", at / "relations.key"
        intermediate, extensions = folder / "g4.pem", at / "authority.ext"
        extensions.write_text(_AUTHORITY)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", root_key, "-out", root, "-days", "3650",
                "-subj", f"/C=US/O={name} Inc./CN={name} Root CA")  # fmt: skip
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", at / "relations.csr",
                "-subj", f"/C=US/O={name} Inc./OU=G4/CN={name} Worldwide Developer Relations")  # fmt: skip
        openssl("x509", "-req", "-in", at / "relations.csr", "-CA", root, "-CAkey", root_key, "-CAcreateserial",
                "-out", intermediate, "-days", "1800", "-extfile", extensions)  # fmt: skip
        return cls(root, intermediate, key, folder)

    def signs(self, request: Path, to: Path, *, pass_type: str = PASS_TYPE, team: str = TEAM, days: int = 365) -> Path:
        """As Apple answers a request: it takes the public key only, and hands out DER."""
        public, extensions = to.with_suffix(".pub"), to.with_suffix(".ext")
        public.write_bytes(openssl("req", "-in", request, "-noout", "-pubkey", "-verify"))
        extensions.write_text(
            "extendedKeyUsage=clientAuth,1.2.840.113635.100.4.14\nkeyUsage=critical,digitalSignature\n"
            f"1.2.840.113635.100.6.1.16=ASN1:UTF8String:{pass_type}\n"
        )
        subject = f"/UID={pass_type}/CN=Pass Type ID: {pass_type}/OU={team}/O=Example/C=US"
        made = openssl("x509", "-new", "-force_pubkey", public, "-subj", subject, "-CA", self.intermediate,
                       "-CAkey", self.key, "-CAcreateserial", "-days", str(days), "-extfile", extensions,
                       "-outform", "DER")  # fmt: skip
        to.write_bytes(made)
        return to
