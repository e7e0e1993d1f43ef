"""The package and its signature, judged by openssl and by Python's zip reader."""

import hashlib
import io
import json
import zipfile

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pass_samples import FACE, IDENTITY, TOKEN_KEY, files_of, pass_json

from chalicelib.errors import Broken
from chalicelib.passes.apple.archive import Archive
from chalicelib.passes.apple.authentication import token_of
from chalicelib.passes.apple.fields import content_of
from chalicelib.passes.apple.images import pictures_of
from chalicelib.passes.apple.issuer import Issuer
from chalicelib.passes.apple.package import build, prepare
from chalicelib.passes.apple.signing import Signer
from chalicelib.passes.apple.texts import words
from chalicelib.store.memory.pictures import MemoryPictures


def test_the_manifest_has_the_sha_1_of_every_other_file(issuer: Issuer) -> None:
    files = files_of(issuer.issue(FACE, "s1"))
    rest = {name: data for name, data in files.items() if name not in ("manifest.json", "signature")}
    assert json.loads(files["manifest.json"]) == {name: hashlib.sha1(data).hexdigest() for name, data in rest.items()}


def test_the_package_holds_what_a_store_card_needs(issuer: Issuer) -> None:
    sharp = {"icon.png"} | {f"{kind}{scale}.png" for kind in ("icon", "logo") for scale in ("@2x", "@3x")}
    strings = {"en.lproj/pass.strings", "ru.lproj/pass.strings"}
    assert set(files_of(issuer.issue(FACE, "s1"))) == sharp | strings | {"pass.json", "manifest.json", "signature"}


def test_what_was_prepared_is_deflated_where_that_is_smaller_and_what_is_new_is_stored() -> None:
    long = b"one" * 20
    whole = Archive().plus(("a/b.txt", long), ("c.txt", b"")).closed(("new", long))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
        assert kinds == {"a/b.txt": zipfile.ZIP_DEFLATED, "c.txt": zipfile.ZIP_STORED, "new": zipfile.ZIP_STORED}
        assert [archive.getinfo(name).compress_size < len(long) for name in ("a/b.txt", "new")] == [True, False]


def test_equal_content_gives_equal_bytes() -> None:
    files = (("a/b.txt", b"one" * 20), ("c.txt", b""))
    assert Archive().plus(*files).closed() == Archive().plus(files[0]).plus(files[1]).closed()


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=300), max_size=9))
def test_any_files_are_read_back(files: dict[str, bytes]) -> None:
    assert files_of(Archive().plus(*files.items()).closed()) == files
    assert files_of(Archive().closed(*files.items())) == files


def test_each_card_has_its_own_serial_and_token(issuer: Issuer) -> None:
    first, second = (pass_json(issuer.issue(FACE, serial)) for serial in ("s1", "s2"))
    assert (first["serialNumber"], second["serialNumber"]) == ("s1", "s2")
    assert first["authenticationToken"] == token_of(TOKEN_KEY, "s1") != second["authenticationToken"]


def test_a_pass_of_another_type_is_not_signed(signer: Signer) -> None:
    said = words(FACE.names, FACE.languages, "en")
    content = content_of(FACE, msgspec.structs.replace(IDENTITY, pass_type="pass.example.other"), said, news="points")
    with pytest.raises(Broken, match="passTypeIdentifier"):
        build(prepare(pictures_of(MemoryPictures(), "", ""), said.tables), content, signer, 0)
