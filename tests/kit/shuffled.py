"""Histories in which upstream moved most files, and series that only know the old places.

The files are of a few families, whose members look much alike, and upstream leaves near copies
behind: where a file went is a close question.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from drift import Drift
from drifting import PLAIN, RUNS, WORDS, File

if TYPE_CHECKING:
    from drifting import Files

FOLDERS = ("", "lib/", "lib/deep/", "doc/", "src/")
SUFFIXES = (".c", ".txt", ".adoc", ".rst", "")


def shuffle(seed: int, *, several: int = 3) -> Drift:
    """The history of that seed, the same on every machine, with `several` series on its base."""
    chance = Random(seed)
    base = _base(chance)
    upstream = _moved(chance, base)
    lines = [upstream]
    if chance.random() < 0.3:
        lines.append(_moved(chance, upstream, share=0.2))
    gone = sorted(base.keys() - lines[-1].keys()) or sorted(base)
    series = tuple(_line(chance, base, gone) for _ in range(several))
    return Drift(seed, base, tuple(lines), series, frozenset({"shuffle"}))


def _base(chance: Random) -> Files:
    files: Files = {}
    families = [
        [b"%s %d of %d\n" % (chance.choice(WORDS).encode(), n, family) for n in range(30)]
        for family in range(chance.randint(2, 4))
    ]
    for number in range(chance.randint(12, 30)):
        stem = WORDS[number % 8] + (str(number // 8) if chance.random() < 0.8 else "")
        path = chance.choice(FOLDERS) + stem + chance.choice(SUFFIXES[:2])
        lines = list(chance.choice(families))
        for _ in range(chance.randint(0, 8)):
            lines[chance.randrange(len(lines))] = b"%d of its own\n" % chance.randrange(99)
        text = b"".join(lines[: chance.randint(15, 30)])
        if chance.random() < 0.1:
            text = text.replace(b"\n", b"\r\n")
        files[path] = File(RUNS if chance.random() < 0.1 else PLAIN, text)
    for path in chance.sample(sorted(files), 3):  # the very same once more
        files[f"{chance.choice(FOLDERS)}copy{len(files)}"] = files[path]
    return files


def _edited(chance: Random, file: File, most: int) -> File:
    lines = file.content.splitlines(keepends=True)
    end = b"\r\n" if b"\r\n" in file.content else b"\n"
    for _ in range(chance.randint(1, most)):
        at = chance.randrange(len(lines) + 1)
        new = [b"%s = %d" % (chance.choice(WORDS).encode(), chance.randrange(9)) + end]
        lines[at : at + chance.randint(0, 1)] = new * chance.choice((1, 1, 1, 4))
    return File(file.mode, b"".join(lines))


def _moved(chance: Random, before: Files, share: float = 0.7) -> Files:
    files = dict(before)
    whole = chance.choice((None, None, ".adoc", "folder"))  # all go the same way
    for path in sorted(before):
        if chance.random() > share:
            if chance.random() < 0.3:
                files[path] = _edited(chance, files[path], 2)
            continue
        way = whole or chance.choice(("suffix", "folder", "name", "swap", "gone"))
        if way == "swap":
            other = chance.choice(sorted(files))
            files[path], files[other] = files[other], files[path]
            continue
        file = files.pop(path)
        if way == "gone":
            continue
        new, stem = _new_path(chance, path, way), path.rpartition("/")[2].partition(".")[0]
        file = _edited(chance, file, chance.choice((1, 2, 10))) if chance.random() < 0.6 else file
        if new in files or any(p.startswith(new + "/") or new.startswith(p + "/") for p in files):
            new = f"away/{len(files)}-{stem}"
        files[new] = file
        if chance.random() < 0.3:
            rival = chance.choice(("rivals/", path[: path.rfind("/") + 1])) + f"{stem}-{len(files)}"
            files[rival] = _edited(chance, before[path], 3) if chance.random() < 0.8 else file
    return files


def _new_path(chance: Random, path: str, way: str) -> str:
    folder, name = path[: path.rfind("/") + 1], path.rpartition("/")[2]
    match way:
        case ".adoc":
            return folder + name.partition(".")[0] + ".adoc"
        case "suffix":
            return folder + name.partition(".")[0] + chance.choice(SUFFIXES)
        case "folder":
            return chance.choice((*FOLDERS, "new/", "new/deep/")) + name
        case _:
            return chance.choice(FOLDERS) + chance.choice(WORDS) + chance.choice(SUFFIXES)


def _line(chance: Random, base: Files, gone: list[str]) -> tuple[Files, ...]:
    files, found = dict(base), []
    for _ in range(chance.randint(5, 9)):
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            among = [path for path in gone if path in files]
            path = chance.choice(among if among and chance.random() < 0.8 else sorted(files))
            match chance.choices(("edit", "add", "remove", "mode", "rename"), (40, 2, 1, 1, 1))[0]:
                case "edit":
                    files[path] = _edited(chance, files[path], 1)
                case "add":
                    files[f"added/{len(files)}"] = _edited(chance, files[path], 1)
                case "remove":
                    del files[path]
                case "mode":
                    mode = PLAIN if files[path].mode == RUNS else RUNS
                    files[path] = File(mode, files[path].content)
                case _:
                    files[f"renamed/{len(files)}"] = files.pop(path)
        found.append(dict(files))
    return tuple(found)
