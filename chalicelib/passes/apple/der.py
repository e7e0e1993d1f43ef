"""The few lines of DER that a signature needs: tag, length, value.

Source: ITU-T X.690 8.1 (tag and length), 10.1 (the shortest length), 11.6 (a SET OF is sorted by its encodings).
"""

SEQUENCE, SET, OCTET_STRING, OBJECT = 0x30, 0x31, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
CONTEXT_0 = 0xA0
"""[0], constructed."""

NULL = b"\x05\x00"


def der(tag: int, *parts: bytes) -> bytes:
    """One value, its parts joined."""
    content = b"".join(parts)
    return bytes((tag,)) + _length(len(content)) + content


def set_of(*members: bytes, tag: int = SET) -> bytes:
    """A SET OF in its one order."""
    return der(tag, *sorted(members))


def integer(number: int) -> bytes:
    """An INTEGER that is not negative: with a leading zero where the first bit would read as a sign."""
    return der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER. Source: X.690 8.19: the first two arcs share a byte, the others are base 128."""
    first, second, *others = (int(arc) for arc in dotted.split("."))
    return der(OBJECT, bytes((40 * first + second,)), *(_base_128(arc) for arc in others))


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes((count,))
    told = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(told),)) + told


def _base_128(arc: int) -> bytes:
    septets = [arc & 0x7F]
    while arc := arc >> 7:
        septets.append(0x80 | arc & 0x7F)
    return bytes(reversed(septets))
