"""One pack, written by us: many new objects become one file and its index, in one durable step.

Format: git's `gitformat-pack`, version 2. An object is stored whole, or as what differs from
another one of the same pack that its writer knows to be like it.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from itertools import accumulate
from typing import TYPE_CHECKING

from stacker import held_files
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

Like = tuple[Oid, bytes]
"""An earlier object that a new one resembles: its id and its content."""

_TYPES = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_OFFSET_DELTA = 6
_DEEPEST = 40  # links of a delta chain; git reads up to 4,095, and slowly
_LONGEST_COPY = 0xFFFFFF  # bytes that one copy instruction can name
_LONGEST_INSERT = 127
_BLOCK = 64  # bytes that are compared at once
_BIG_OFFSET = 1 << 31
_SHORT = 200  # bytes; to set zlib up takes longer than to write them
_LONGEST_STORED = 0xFFFF  # bytes of a block that is not compressed


def object_id(algorithm: str, kind: str, content: bytes) -> Oid:
    """The id of an object; `algorithm` is `sha1` or `sha256`."""
    digest = hashlib.new(algorithm, b"%s %d\0" % (kind.encode(), len(content)))
    digest.update(content)
    return Oid(digest.hexdigest())


class Pack:
    """Objects on their way into a store; nothing is on disk before `write`."""

    def __init__(self, algorithm: str, level: int = 1) -> None:
        """`level` is zlib's: 0 for what nobody keeps."""
        self._algorithm = algorithm
        self._level = level
        self._parts: list[bytes] = []
        self._end = 12  # bytes; the head comes before
        self._entries: dict[Oid, tuple[int, int, int]] = {}  # offset, checksum, delta depth

    def __contains__(self, oid: object) -> bool:
        return oid in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def ids(self) -> set[Oid]:
        """The ids of all its objects."""
        return set(self._entries)

    def id_of(self, kind: str, content: bytes) -> Oid:
        """The id that an object has, or would have."""
        return object_id(self._algorithm, kind, content)

    @property
    def size(self) -> int:
        """Bytes that the pack will have, about."""
        return self._end

    def add(self, kind: str, content: bytes, like: Like | None = None) -> Oid:
        """Take an object in and return its id; one that is there already is not stored again."""
        oid = object_id(self._algorithm, kind, content)
        self.add_named(oid, kind, content, like)
        return oid

    def add_named(self, oid: Oid, kind: str, content: bytes, like: Like | None = None) -> None:
        """The same, where the id is known."""
        if oid in self._entries:
            return
        if like is not None and (base := self._entries.get(like[0])) and base[2] < _DEEPEST:
            delta = _delta(like[1], content)
            if len(delta) < len(content) // 2:
                head = _head(_OFFSET_DELTA, len(delta)) + _distance(self._end - base[0])
                self._put(oid, head + self._deflated(delta), base[2] + 1)
                return
        head = _head(_TYPES[kind], len(content))
        self._put(oid, head + self._deflated(content), 0)

    def write(self, objects: Path, *, durable: bool = True) -> None:
        """Put pack and index into the folder `objects` of a repository.

        With `durable` both are on the disk, and not only on their way, when this returns.
        """
        if not self._entries:
            return
        body = b"".join([b"PACK" + (2).to_bytes(4) + len(self._entries).to_bytes(4), *self._parts])
        trailer = hashlib.new(self._algorithm, body).digest()
        folder = objects / "pack"
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / f"pack-{trailer.hex()}"
        # git looks for indexes; a pack without one is nothing to it.
        _put_file(stem.with_suffix(".pack"), (body, trailer), durable=durable)
        _put_file(stem.with_suffix(".idx"), self._index(trailer), durable=durable)

    def _deflated(self, data: bytes) -> bytes:
        """zlib's format; what is hardly worth it, or not wanted, is stored as it is (RFC 1950)."""
        size = len(data)
        if size > _SHORT and (self._level or size > _LONGEST_STORED):
            return zlib.compress(data, self._level)
        length = size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        return b"".join((b"\x78\x01\x01", length, data, zlib.adler32(data).to_bytes(4)))

    def _put(self, oid: Oid, entry: bytes, depth: int) -> None:
        self._entries[oid] = (self._end, zlib.crc32(entry), depth)
        self._parts.append(entry)
        self._end += len(entry)

    def _index(self, trailer: bytes) -> Sequence[bytes]:
        entries = sorted(self._entries.items())
        counts = [0] * 256
        for oid, _ in entries:
            counts[int(oid[:2], 16)] += 1
        offsets: list[bytes] = []
        big: list[bytes] = []
        for _, (offset, _, _) in entries:
            if offset >= _BIG_OFFSET:
                offsets.append((_BIG_OFFSET | len(big)).to_bytes(4))
                big.append(offset.to_bytes(8))
            else:
                offsets.append(offset.to_bytes(4))
        index = b"".join([
            b"\xfftOc" + (2).to_bytes(4),
            *(total.to_bytes(4) for total in accumulate(counts)),
            bytes.fromhex("".join(oid for oid, _ in entries)),
            *(checksum.to_bytes(4) for _, (_, checksum, _) in entries),
            *offsets,
            *big,
            trailer,
        ])  # fmt: skip
        return index, hashlib.new(self._algorithm, index).digest()


def _put_file(path: Path, parts: Sequence[bytes], *, durable: bool) -> None:
    if path.exists():  # the same name is the same content
        return
    # git's own clean-up knows this name for something half written.
    half = new_name(path.parent, "tmp_pack_")
    try:
        with half.open("xb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        half.chmod(0o444)
        held_files.replace(half, path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def new_name(folder: Path, prefix: str) -> Path:
    """A name in `folder` that nothing has."""
    return folder / f"{prefix}{os.urandom(8).hex()}"


def _head(kind: int, size: int) -> bytes:
    """An entry's type and the size of what is compressed in it."""
    byte, size = kind << 4 | size & 15, size >> 4
    out = bytearray()
    while size:
        out.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    out.append(byte)
    return bytes(out)


def _distance(offset: int) -> bytes:
    """How far back a delta's base is, as an entry says it."""
    out = bytearray([offset & 0x7F])
    offset >>= 7
    while offset:
        offset -= 1
        out.append(0x80 | offset & 0x7F)
        offset >>= 7
    return bytes(reversed(out))


def _delta(old: bytes, new: bytes) -> bytes:
    """Instructions that make `new` of `old`: its beginning, what is between, its end."""
    limit, ends = min(len(old), len(new)), (len(old), len(new))
    before = _common(limit, lambda a, b: old[a:b] == new[a:b])
    after = _common(
        limit - before,
        lambda a, b: old[ends[0] - b : ends[0] - a] == new[ends[1] - b : ends[1] - a],
    )
    return b"".join((
        _varint(len(old)), _varint(len(new)),
        _copy(0, before),
        *_between(old, new, before, after),
        _copy(len(old) - after, after),
    ))  # fmt: skip


def _between(old: bytes, new: bytes, before: int, after: int) -> Iterator[bytes]:
    """New text, and where both are equally long, as with ids replaced in a tree, what is equal."""
    end = len(new) - after
    step = _BLOCK if len(old) == len(new) else end
    start = at = before  # new text begins at `start`
    while at < end:
        stop = min(at + step, end)
        if old[at:stop] == new[at:stop]:
            yield from _inserts(new[start:at])
            begun = at
            while at < end and old[at : at + step] == new[at : at + step]:
                at = min(at + step, end)
            yield _copy(begun, at - begun)
            start = at
        else:
            at = stop
    yield from _inserts(new[start:end])


def _inserts(text: bytes) -> Iterator[bytes]:
    for start in range(0, len(text), _LONGEST_INSERT):
        part = text[start : start + _LONGEST_INSERT]
        yield bytes([len(part)]) + part


def _common(size: int, same: Callable[[int, int], bool]) -> int:
    """How many of `size` bytes two texts have in common, counted from one end on.

    `same` says whether they are the same from one number of bytes up to another.
    """
    low, high = 0, size
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _copy(offset: int, size: int) -> bytes:
    out = bytearray()
    while size:
        step = min(size, _LONGEST_COPY)
        flags, rest = 0x80, bytearray()
        for bit, byte in enumerate(offset.to_bytes(4, "little") + step.to_bytes(3, "little")):
            if byte:
                flags |= 1 << bit
                rest.append(byte)
        out.append(flags)
        out += rest
        offset, size = offset + step, size - step
    return bytes(out)
