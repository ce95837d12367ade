"""Trees that hold just some files, for questions to git."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.changes import Leaf
    from stacker.git.objects import Oid
    from stacker.git.pack import Pack


def nested(pack: Pack, files: Iterable[tuple[bytes, Leaf]]) -> Oid:
    """Put trees for some files into `pack`; no path is a folder of another."""
    folders: dict[bytes, list[tuple[bytes, Leaf]]] = defaultdict(list)
    here: list[tuple[bytes, Leaf]] = []
    for path, leaf in files:
        head, slash, rest = path.partition(b"/")
        if slash:
            folders[head].append((rest, leaf))
        else:
            here.append((path, leaf))
    lines = [
        (n, leaf.mode.encode() + b" " + n + b"\0" + bytes.fromhex(leaf.oid)) for n, leaf in here
    ]
    for name, below in folders.items():
        oid = bytes.fromhex(nested(pack, below))
        lines.append((name + b"/", b"40000 " + name + b"\0" + oid))
    return pack.add("tree", b"".join(line for _, line in sorted(lines)))
