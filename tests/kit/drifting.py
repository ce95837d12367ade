"""What a commit of a generated history does: some forty ways to change files, by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

PLAIN, RUNS, LINK, SUB = "100644", "100755", "120000", "160000"
TEXT = (PLAIN, RUNS)
WORDS = ("alpha", "beta", "gamma", "delta", "zeta", "eta", "theta", "iota")
RULES = ".gitattributes"
PATTERNS = ("*.c", "*.txt", "alpha*", "*eta.c", "/lib/**", "gamma.*", "*")
VALUES = (
    "merge=union", "-merge", "merge", "binary", "merge=binary", "merge=text", "!merge",
    "conflict-marker-size=12", "merge=nosuchdriver",
)  # fmt: skip


def is_rules(path: str) -> bool:
    """Whether git takes this file for rules; files move only with their whole folder then."""
    return path.rpartition("/")[2] == RULES


class File(NamedTuple):
    """A file's mode and content; of a submodule the number of its commit."""

    mode: str
    content: bytes


Files = dict[str, File]


@dataclass(frozen=True, slots=True)
class Hand:
    """Changes `files` in place, rather the `hot` ones than others; `base` is how they once were."""

    chance: Random
    files: Files
    base: Files
    hot: Sequence[str]

    def path(self, *modes: str) -> str | None:
        """Some file of one of these modes; `None` when there is none."""
        found = sorted(p for p, f in self.files.items() if f.mode in modes and not is_rules(p))
        hot = [path for path in found if path in self.hot]
        among = hot if hot and self.chance.random() < 0.6 else found
        return self.chance.choice(among) if among else None

    def folder(self) -> str | None:
        """Some folder, its name ending in a slash."""
        found = {path[: i + 1] for path in self.files for i, c in enumerate(path) if c == "/"}
        return self.chance.choice(sorted(found)) if found else None

    def new_path(self, folder: str | None = None) -> str:
        """A path where nothing is, mostly one that the other side comes upon too."""
        if folder is None:
            old = self.chance.choice(sorted(self.files) or [""])
            folder = self.chance.choice((old[: old.rfind("/") + 1], "", "lib/", "new/"))
        for _ in range(20):
            path = folder + self.chance.choice(WORDS) + self.chance.choice(("", ".c", ".txt"))
            if self.is_free(path):
                return path
        return f"free/{self.chance.getrandbits(32)}"

    def is_free(self, path: str) -> bool:
        """Whether no file is there, none below it, and none where its folders must be."""
        parts = path.split("/")
        above = ("/".join(parts[:n]) for n in range(1, len(parts) + 1))
        below = path + "/"
        return not any(p in self.files for p in above) and not any(
            p.startswith(below) for p in self.files
        )

    def move(self, old: str, new: str) -> None:
        """A file goes elsewhere, if there is room."""
        file = self.files.pop(old)
        self.files[new if self.is_free(new) else old] = file


def some_text(chance: Random) -> bytes:
    """10 to 60 lines in blocks, many of which look alike; some end without a newline."""
    lines = [line for _ in range(chance.randint(2, 8)) for line in _block(chance)]
    return b"".join(lines).removesuffix(b"\n" if chance.random() < 0.1 else b"\0")


def some_rule(chance: Random) -> bytes:
    """A line of `.gitattributes`."""
    return f"{chance.choice(PATTERNS)} {chance.choice(VALUES)}\n".encode()


def _block(chance: Random) -> list[bytes]:
    name, number = chance.choice(WORDS), chance.randrange(3)
    lines = [f"int {name}(void)", "{", "    int x;", f"    x = {number};", "    return x;", "}", ""]
    if chance.random() < 0.2:
        lines = [f"# {name}", *(f"{chance.choice(WORDS)} = {n}" for n in range(4)), ""]
    return [line.encode() + b"\n" for line in lines]


def crlf(_: Random, old: bytes) -> bytes:
    """Every line ends as on Windows, or, if that was so, as elsewhere."""
    plain = old.replace(b"\r\n", b"\n")
    return plain if plain != old else old.replace(b"\n", b"\r\n")


def latin(_: Random, old: bytes) -> bytes:
    """Letters that are no UTF-8."""
    return old.replace(b"eta", b"\xeat\xe0")


def binary(chance: Random, old: bytes) -> bytes:
    """Something that git calls binary, or another of that."""
    return chance.randbytes(40) + b"\0" + old[41 if b"\0" in old else 0 :]


def _rewritten(chance: Random, _: bytes) -> bytes:
    return some_text(chance)


def _emptied(_: Random, __: bytes) -> bytes:
    return b""


def _lines_changed(chance: Random, old: bytes) -> bytes:
    end = b"\r\n" if b"\r\n" in old and chance.random() < 0.9 else b"\n"
    lines = old.splitlines(keepends=True)
    for _ in range(chance.choice((1, 1, 1, 2))):
        _change_lines(chance, lines, end)
    return b"".join(lines)


def _change_lines(chance: Random, lines: list[bytes], end: bytes) -> None:
    near = int(len(lines) * chance.choice((0.1, 0.5, 0.9))) + chance.randrange(3)
    at = near if chance.random() < 0.4 else chance.randrange(len(lines) + 1)
    upto = at + chance.randint(1, 4)
    new = [f"{chance.choice(WORDS)} = {n}".encode() + end for n in range(chance.randint(1, 3))]
    if lines and not lines[-1].endswith(b"\n") and at < len(lines):
        new[-1] = new[-1].removesuffix(end)
    ways = ("replace", "replace", "replace", "insert", "block", "remove", "indent", "repeat", "end")
    match chance.choice(ways):
        case "replace":
            lines[at : at + len(new)] = new
        case "insert":
            lines[at:at] = new
        case "block":
            lines[at:at] = [line.replace(b"\n", end) for line in _block(chance)]
        case "remove":
            del lines[at:upto]
        case "indent":
            lines[at:upto] = [b"    " + line for line in lines[at:upto]]
        case "repeat":
            lines[at:at] = lines[at:upto]
        case _:
            lines[-1:] = [line.rstrip(b"\r\n") for line in lines[-1:]] + new[:1]


def _content(
    change: Callable[[Random, bytes], bytes], modes: Sequence[str] = TEXT
) -> Callable[[Hand], None]:
    def operation(hand: Hand) -> None:
        if path := hand.path(*modes):
            mode, old = hand.files[path]
            hand.files[path] = File(mode, change(hand.chance, old))

    return operation


def _add(hand: Hand) -> None:
    hand.files[hand.new_path()] = File(hand.chance.choice(TEXT), some_text(hand.chance))


def _add_beside(hand: Hand) -> None:
    if folder := hand.folder():
        hand.files[hand.new_path(folder)] = File(PLAIN, some_text(hand.chance))


def _copy(hand: Hand) -> None:
    if path := hand.path(*TEXT):
        mode, old = hand.files[path]
        hand.files[hand.new_path()] = File(mode, _lines_changed(hand.chance, old))


def _delete(hand: Hand) -> None:
    if (path := hand.path(*TEXT, LINK, SUB)) and len(hand.files) > 3:
        del hand.files[path]


def _rename(hand: Hand) -> None:
    if path := hand.path(*TEXT, LINK, SUB):
        hand.move(path, hand.new_path())


def _rename_and_edit(hand: Hand) -> None:
    if path := hand.path(*TEXT):
        mode, old = hand.files[path]
        hand.files[path] = File(mode, _lines_changed(hand.chance, old))
        hand.move(path, hand.new_path())


def _split(hand: Hand) -> None:
    """One file becomes two, each with a half of it."""
    if path := hand.path(*TEXT):
        mode, old = hand.files.pop(path)
        half = old.find(b"\n", len(old) // 2) + 1
        for part in (old[:half], old[half:]):
            hand.files[hand.new_path()] = File(mode, part)


def _swap(hand: Hand) -> None:
    """Two files take each other's names."""
    one, other = hand.path(*TEXT), hand.path(*TEXT)
    if one and other:
        hand.files[one], hand.files[other] = hand.files[other], hand.files[one]


def _move_folder(hand: Hand, to: str, share: float) -> None:
    if (folder := hand.folder()) and folder != to:
        for path in sorted(p for p in hand.files if p.startswith(folder)):
            if hand.chance.random() < share:
                hand.move(path, to + path.removeprefix(folder))


def _rename_folder(hand: Hand) -> None:
    _move_folder(hand, hand.chance.choice(("new/", "moved/", "lib/moved/", "moved/deep/")), 1)


def _split_folder(hand: Hand) -> None:
    for to in ("here/", "there/"):
        _move_folder(hand, to, 0.5)


def _merge_folder(hand: Hand) -> None:
    _move_folder(hand, hand.folder() or "", 1)


def _folder_to_root(hand: Hand) -> None:
    _move_folder(hand, "", 1)


def _root_to_folder(hand: Hand) -> None:
    for path in sorted(p for p in hand.files if "/" not in p and not is_rules(p)):
        hand.move(path, "root/" + path)


def _mode(hand: Hand) -> None:
    if path := hand.path(*TEXT):
        mode, old = hand.files[path]
        hand.files[path] = File(RUNS if mode == PLAIN else PLAIN, old)


def _type(hand: Hand) -> None:
    """A file, a link or a submodule becomes another of these."""
    if path := hand.path(*TEXT, LINK, SUB):
        _put_some(hand, path, hand.chance.choice((PLAIN, LINK, SUB)))


def _add_odd(hand: Hand) -> None:
    _put_some(hand, hand.new_path(), hand.chance.choice((LINK, SUB)))


def _put_some(hand: Hand, path: str, mode: str) -> None:
    target = hand.chance.choice(WORDS).encode()
    number = b"%d" % hand.chance.randint(1, 9)
    content = {PLAIN: some_text(hand.chance), LINK: target, SUB: number}[mode]
    hand.files[path] = File(mode, content)


def _point_elsewhere(chance: Random, _: bytes) -> bytes:
    return chance.choice(WORDS).encode()


def _another_commit(chance: Random, _: bytes) -> bytes:
    return b"%d" % chance.randint(1, 9)


def _file_to_folder(hand: Hand) -> None:
    """A folder takes the name of a file, which goes into it, or goes."""
    if path := hand.path(*TEXT, LINK, SUB):
        file = hand.files.pop(path)
        hand.files[f"{path}/{hand.chance.choice(WORDS)}"] = (
            file if hand.chance.random() < 0.5 else File(PLAIN, some_text(hand.chance))
        )


def _folder_to_file(hand: Hand) -> None:
    """A file takes the name of a folder, and what was in that goes."""
    if folder := hand.folder():
        inside = [path for path in sorted(hand.files) if path.startswith(folder)]
        gone = [hand.files.pop(path) for path in inside]
        name = folder.removesuffix("/")
        hand.files[name] = gone[0] if hand.chance.random() < 0.5 else File(LINK, b"x")


def _back(hand: Hand) -> None:
    """A file is as the base had it."""
    paths = sorted(p for p in hand.base if p not in hand.files or hand.files[p] != hand.base[p])
    if paths:
        path = hand.chance.choice(paths)
        hand.files.pop(path, None)
        if hand.is_free(path):
            hand.files[path] = hand.base[path]


def _rules(hand: Hand) -> None:
    path = (hand.folder() or "") * (hand.chance.random() < 0.3) + RULES
    old = hand.files.get(path, File(PLAIN, b"")).content.splitlines(keepends=True)
    kept = old[hand.chance.choice((0, 0, 1)) :]
    hand.files[path] = File(PLAIN, b"".join([*kept, some_rule(hand.chance)]))


def _nothing(_: Hand) -> None:
    """A commit may be empty."""


OPERATIONS: dict[str, tuple[int, Callable[[Hand], None]]] = {
    "edit": (60, _content(_lines_changed)),
    "rewrite": (1, _content(_rewritten)),
    "empty": (1, _content(_emptied)),
    "binary": (2, _content(binary)),
    "line ends": (2, _content(crlf)),
    "encoding": (1, _content(latin)),
    "add": (4, _add),
    "add beside": (6, _add_beside),
    "add link or submodule": (2, _add_odd),
    "copy": (3, _copy),
    "delete": (4, _delete),
    "rename": (5, _rename),
    "rename and edit": (4, _rename_and_edit),
    "split": (1, _split),
    "swap": (1, _swap),
    "rename folder": (3, _rename_folder),
    "split folder": (1, _split_folder),
    "merge folder": (1, _merge_folder),
    "folder to root": (1, _folder_to_root),
    "root to folder": (1, _root_to_folder),
    "mode": (3, _mode),
    "type": (2, _type),
    "link": (2, _content(_point_elsewhere, (LINK,))),
    "submodule": (3, _content(_another_commit, (SUB,))),
    "file to folder": (2, _file_to_folder),
    "folder to file": (1, _folder_to_file),
    "back": (3, _back),
    "attributes": (4, _rules),
    "nothing": (1, _nothing),
}
"""What may happen, and how often beside the others."""
