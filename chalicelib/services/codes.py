"""The codes of cards and vouchers.

A card's code is drawn by lot. A voucher's is made from a keyed name, so that the one who lost the answer is told the
same code again.

Only a keyed digest is stored: codes that a shop brings along may be short, and whoever reads the table could try them
all. A code of our own has 80 bits, in letters that are hard to mistake for each other.
"""

from chalicelib.events import Reference
from chalicelib.programs.barcodes import drawn_digits, numbered
from chalicelib.programs.card import BarcodeKind
from chalicelib.services.ports import Chance, Vault

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""
_LENGTH = 16
_GROUP = 4
_ALIKE = str.maketrans("ILO", "110")


def card_code(chance: Chance, kind: BarcodeKind) -> str:
    """What a new card shows at the till: a number for tills that read linear symbols, else 128 random bits or more."""
    count = drawn_digits(kind)
    return numbered(kind, chance.digits(count)) if count else chance.token()


def code_of(vault: Vault, program: str, name: str) -> str:
    """The code of the voucher called `name` ("redemption/api/x#1"): "7KQ2-..." in groups of four."""
    number = int(vault.index(program, "voucher", name)[: _LENGTH * 5 // 4], 16)
    letters = "".join(_LETTERS[(number >> 5 * place) & 31] for place in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def voucher_reference(vault: Vault, program: str, code: str) -> Reference:
    """Where the voucher of a code is kept, however the code was typed."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_ALIKE)
    return Reference(f"voucher/{vault.index(program, 'voucher-code', typed)[:32]}")
