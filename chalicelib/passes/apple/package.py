"""The .pkpass: prepared once per program and language set, finished per member.

Prepared are the pictures, the pass.strings, their digests and their zip entries. New for each pass are only
pass.json, the manifest and the signature.
"""

import hashlib
from collections.abc import Collection, Mapping

import msgspec

from chalicelib.events import Instant
from chalicelib.passes.apple.archive import Archive
from chalicelib.passes.apple.content import PassContent
from chalicelib.passes.apple.field_limits import check_content
from chalicelib.passes.apple.limits import PASS, check_strings, refusal
from chalicelib.passes.apple.picture_limits import check_pictures, is_wordmark
from chalicelib.passes.apple.signing import Signer
from chalicelib.passes.apple.strings import strings_file, strings_path

MEDIA_TYPE = "application/vnd.apple.pkpass"


class Prepared(msgspec.Struct, frozen=True):
    """What all passes of a program in one language share.

    manifest: its digests as open JSON      has_poster: there is artwork, so that iOS 27 can show a poster
    has_wordmark: the logo holds the name
    """

    archive: Archive
    manifest: bytes
    has_poster: bool = False
    has_wordmark: bool = False


def prepare(
    pictures: Mapping[str, bytes], tables: Mapping[str, Mapping[str, str]], *, messages: Collection[str] = ()
) -> Prepared:
    """Digest and pack what does not change per member.

    pictures: PNGs by file name     tables: by language, the lines of its pass.strings     messages: those of the
    lines that say what changed
    Raises: Broken when a picture, a line or a language tag is outside Apple's limits.
    """
    check_pictures(pictures)
    check_strings(tables, messages=messages)
    files = dict(pictures)
    for language, table in tables.items():
        files[strings_path(language)] = strings_file(table)
    digests = b"".join(b'"%s":"%s",' % (name.encode("ascii"), _digest(data)) for name, data in files.items())
    archive = Archive().plus(*files.items())
    has_poster = any(name.startswith("artwork") for name in pictures)
    return Prepared(archive, b"{" + digests, has_poster, is_wordmark(pictures))


def build(prepared: Prepared, content: PassContent, signer: Signer, now: Instant) -> bytes:
    """The pass, signed at `now`. Raises Broken when the content is outside Apple's limits or another signer's."""
    check_content(content)
    if (content.pass_type_identifier, content.team_identifier) != (signer.pass_type, signer.team):
        raise refusal("passTypeIdentifier", "the certificate's pass type and team", PASS)
    pass_json = msgspec.json.encode(content)
    manifest = b'%s"pass.json":"%s"}' % (prepared.manifest, _digest(pass_json))
    return prepared.archive.closed(
        ("pass.json", pass_json), ("manifest.json", manifest), ("signature", signer.sign(manifest, now))
    )


def _digest(data: bytes) -> bytes:
    """SHA-1, hex: what Apple's manifest asks for. The signature's own digest is SHA-256."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest().encode("ascii")
