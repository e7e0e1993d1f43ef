"""Several passes in one file, read by Python's zip reader; each of them verified by openssl."""

from pathlib import Path

import pytest
from pass_samples import FACE, files_of, openssl_verify

from chalicelib.errors import Broken
from chalicelib.passes.apple import bundle as bundles
from chalicelib.passes.apple.bundle import bundle
from chalicelib.passes.apple.issuer import Issuer
from ops.laptop.authority import Papers


def test_a_bundle_holds_passes_that_verify_each(issuer: Issuer, papers: Papers, tmp_path: Path) -> None:
    passes = {f"bean-street-{serial}": issuer.issue(FACE, serial) for serial in ("s1", "s2", "s3")}
    inside = files_of(bundle(passes))
    assert inside == {f"{name}.pkpass": data for name, data in passes.items()}
    for data in inside.values():
        files = files_of(data)
        parts = {"signature": files["signature"], "content": files["manifest.json"]}
        assert openssl_verify("cms", tmp_path, root=papers.root, **parts) == 0


@pytest.mark.parametrize("count", [0, 11])
def test_a_bundle_has_one_to_ten_passes(count: int) -> None:
    with pytest.raises(Broken, match="1 to 10 in a bundle") as caught:
        bundle({f"p{number}": b"pass" for number in range(count)})
    assert "distributing-and-updating-a-pass" in str(caught.value.facts["page"])
    assert len(files_of(bundle({f"p{number}": b"pass" for number in range(10)}))) == 10


def test_a_bundle_is_not_larger_than_phones_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "BYTES", 7)
    assert bundle({"a": b"1234", "b": b"123"})
    with pytest.raises(Broken, match="together"):
        bundle({"a": b"1234", "b": b"1234"})
