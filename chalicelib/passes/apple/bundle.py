"""Several passes in one file, which a phone adds together: .pkpasses.

Source: developer.apple.com/documentation/walletpasses/distributing-and-updating-a-pass.
"""

from collections.abc import Mapping

from chalicelib.passes.apple.archive import Archive
from chalicelib.passes.apple.limits import APPLE, refusal

PASSES = 10
BYTES = 150_000_000
_PAGE = f"{APPLE}/distributing-and-updating-a-pass"


def bundle(passes: Mapping[str, bytes]) -> bytes:
    """The file that holds signed passes, by a name of each in ASCII.

    Raises: Broken("pass_limit", field, limit, page) for none, for too many, and for what is too large together.
    """
    if not 0 < len(passes) <= PASSES:
        raise refusal("passes", f"1 to {PASSES} in a bundle", _PAGE)
    if sum(len(data) for data in passes.values()) > BYTES:
        raise refusal("passes", f"at most {BYTES // 1_000_000} MB together", _PAGE)
    return Archive().closed(*((f"{name}.pkpass", data) for name, data in passes.items()))
