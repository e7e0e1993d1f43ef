"""The day's tree of hashes, beside the vectors of Certificate Transparency's own tests, and beside its definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Broken
from chalicelib.events import AccountId
from chalicelib.ledger.seals import PART, Leaf, Seal, Signed, Tree, parts, read_leaf

# Source: github.com/google/certificate-transparency, merkletree/merkle_tree_test.cc: inputs and roots of their first
# one to eight.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree_of(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tree_of(INPUTS[:size]).root == ROOTS[size - 1]


def test_no_leaves_have_the_hash_of_nothing() -> None:
    assert Tree().root == hashlib.sha256(b"").hexdigest()


def defined(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + defined(leaves[:split]) + defined(leaves[split:])).digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70))
def test_a_tree_that_grows_leaf_by_leaf_is_the_tree_of_the_definition(leaves: list[bytes]) -> None:
    assert tree_of(leaves).root == defined(leaves).hex()


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=20), st.data())
def test_any_changed_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = [*leaves[:place], leaves[place] + b"!", *leaves[place + 1 :]]
    assert tree_of(other).root != tree_of(leaves).root


def leaf(number: int) -> Leaf:
    return Leaf(AccountId(f"a{number}"), number, f"hash{number}", 0)


def test_leaves_are_kept_in_portions_and_every_one_is_hashed() -> None:
    tree = Tree()
    leaves = [leaf(number) for number in range(PART + 1)]
    assert [len(part) for part in parts(leaves, tree)] == [PART, 1]
    assert tree.size == PART + 1
    assert tree.root == tree_of([each.text.encode() for each in leaves]).root


@pytest.mark.parametrize("text", ["", "a 1 h", "a x h 0", "a 1 h 0 more"])
def test_a_text_that_is_no_leaf_is_told(text: str) -> None:
    with pytest.raises(Broken):
        read_leaf(text)


def test_a_leaf_is_read_as_it_was_written() -> None:
    assert read_leaf(leaf(3).text) == leaf(3)


def test_a_seals_text_is_fixed_and_its_digest_follows_it() -> None:
    seal = Seal("bean-street", "2026-06-23", 5, 2, 3, "r" * 64, "", {"beans": 90})
    assert seal.text == (
        b'{"accepted":"","accounts":2,"at":5,"day":"2026-06-23","entries":3,"gone":0,"points":{"beans":90},"previous":"",'
        b'"program":"bean-street","root":"' + b"r" * 64 + b'","version":1}'
    )
    signed = Signed(seal.text, b"", b"")
    assert signed.seal == seal
    assert signed.digest != Signed(seal.text + b" ", b"", b"").digest


def test_a_text_that_is_no_seal_is_told() -> None:
    with pytest.raises(Broken):
        _ = Signed(b"{}", b"", b"").seal
