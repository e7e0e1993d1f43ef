"""A zip of stored members, most of which were prepared long before.

Pictures do not get smaller by deflating, and the directory entry of a file that never changes need not be computed
again. Source: PKWARE APPNOTE.TXT 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (end of it).
"""

import struct
import zlib
from typing import Self

import msgspec

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20  # folders inside the archive
_MIDNIGHT, _FIRST_OF_1980 = 0, 0x21  # a fixed date: equal content gives equal bytes


class Archive(msgspec.Struct, frozen=True):
    """The beginning of a zip: its local members, and the central directory entries that belong to them."""

    members: bytes = b""
    directory: bytes = b""
    count: int = 0

    def plus(self, *files: tuple[str, bytes]) -> Self:
        """This beginning with more files behind it. Names are ASCII."""
        members, directory, _ = self._with(files)
        return type(self)(b"".join(members), b"".join(directory), self.count + len(files))

    def closed(self, *files: tuple[str, bytes]) -> bytes:
        """The whole zip, with more files behind this beginning."""
        members, directory, length = self._with(files)
        entries = b"".join(directory)
        count = self.count + len(files)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(entries), length, 0)
        return b"".join((*members, entries, end))

    def _with(self, files: tuple[tuple[str, bytes], ...]) -> tuple[list[bytes], list[bytes], int]:
        """The members and the directory entries in pieces, and how long all members are."""
        members, directory = [self.members], [self.directory]
        offset = len(self.members)
        for name, data in files:
            local, central = _member(name.encode("ascii"), data, offset)
            members += (local, data)
            directory.append(central)
            offset += len(local) + len(data)
        return members, directory, offset


def _member(name: bytes, data: bytes, offset: int) -> tuple[bytes, bytes]:
    """The local header and the central directory entry of one stored file."""
    facts = (zlib.crc32(data), len(data), len(data), len(name))
    local = _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, _MIDNIGHT, _FIRST_OF_1980, *facts, 0)
    central = _CENTRAL.pack(
        b"PK\x01\x02", _VERSION, _VERSION, 0, 0, _MIDNIGHT, _FIRST_OF_1980, *facts, 0, 0, 0, 0, 0, offset
    )
    return local + name, central + name
