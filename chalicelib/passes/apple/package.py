"""The .pkpass: prepared once per program and language set, finished per member.

Prepared are the pictures, the pass.strings, their digests and their zip entries. New for each pass are only
pass.json, the manifest and the signature.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from chalicelib.errors import Broken
from chalicelib.passes.apple.archive import Archive
from chalicelib.passes.apple.content import PassContent
from chalicelib.passes.apple.limits import check_content, check_pictures
from chalicelib.passes.apple.signing import Signer
from chalicelib.passes.apple.strings import strings_file, strings_path

MEDIA_TYPE = "application/vnd.apple.pkpass"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What all passes of a program in one language share. `manifest`: its digests as open JSON."""

    archive: Archive
    manifest: bytes


def prepare(pictures: Mapping[str, bytes], tables: Mapping[str, Mapping[str, str]]) -> Prepared:
    """Digest and pack what does not change per member.

    pictures: PNGs by file name     tables: by language, the lines of its pass.strings
    Raises: Broken when a picture or a language tag is outside Apple's limits.
    """
    check_pictures(pictures)
    files = dict(pictures)
    for language, table in tables.items():
        files[strings_path(language)] = strings_file(table)
    digests = b"".join(b'"%s":"%s",' % (name.encode("ascii"), _digest(data)) for name, data in files.items())
    return Prepared(Archive().plus(*files.items()), b"{" + digests)


def build(prepared: Prepared, content: PassContent, signer: Signer) -> bytes:
    """The signed pass. Raises Broken when the content is outside Apple's limits or another signer's."""
    check_content(content)
    if (content.pass_type_identifier, content.team_identifier) != (signer.pass_type, signer.team):
        raise Broken("pass_limit", field="passTypeIdentifier", limit="the certificate's pass type and team")
    pass_json = msgspec.json.encode(content)
    manifest = b'%s"pass.json":"%s"}' % (prepared.manifest, _digest(pass_json))
    return prepared.archive.plus(
        ("pass.json", pass_json), ("manifest.json", manifest), ("signature", signer.sign(manifest))
    ).closed()


def _digest(data: bytes) -> bytes:
    """SHA-1, hex: what Apple's manifest asks for. The signature's own digest is SHA-256."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest().encode("ascii")
