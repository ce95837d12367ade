"""Files that upstream moved: a question to git that is small, and has the answer of the whole.

git puts a patch to a file that is gone upstream onto the file most like it among all that came; a
file of the same name in another folder is tried first, a file of the same content before that.
So what cannot be more like it, by size alone, than the file where we foresee the patch may be left
out of the question, unless it has the same name. Then git chooses as it would among all. If the
patch is not seen to have changed the file that was foreseen, the answer is not used.

This holds for patches that only modify files. Then their own side has no renames, adds nothing to
folders, and of all that vanished upstream git looks only for the files that they modify. Of these
each is asked about alone: where all would choose different files none takes another's.

git's rules are those of `diffcore-rename.c` and `merge-ort.c`, from 2.39 to 2.55 alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.paths import folders_above, name_of
from stacker.git.replay.likeness import best_mark, least_mark
from stacker.git.replay.plan import Merge
from stacker.git.replay.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from stacker.git.changes import Leaf
    from stacker.git.objects import Oid

_KIND = {b"binary", b"diff"}
"""Attributes that say so."""


def question_of(
    merge: Merge,
    leaf_of: Callable[[Leaf | Merge], Leaf],
    content_of: Callable[[Oid], bytes],
    *,
    kinds: bool = False,
) -> Question | None:
    """The question about one file that upstream moved; `None`: ask the whole.

    `kinds` says whether there are rules that `names_kinds` knows of.
    """
    move, here = merge.move, leaf_of(merge.upstream)
    assert move is not None
    touched = {path: leaf_of(end) for path, end in move.touched.items() if path != merge.path}
    source = content_of(merge.base.oid)
    mark = least_mark(source, content_of(here.oid))
    name = name_of(merge.source)
    rivals = move.afloat.rivals(name, len(source), mark)
    for path, leaf in touched.items():
        size = len(content_of(leaf.oid)) if leaf.is_file else 0
        if name_of(path) == name or best_mark(len(source), size) >= mark:
            rivals[path] = leaf
    rivals.pop(merge.path, None)
    equals = move.afloat.vanished_as({here.oid, *(leaf.oid for leaf in rivals.values())})
    equals.pop(merge.source, None)
    if not _is_sure(merge, here, rivals, equals, move.afloat.vanished_called(name)):
        return None
    compared = (merge.base, here, *rivals.values())
    if kinds and any(leaf.is_file and b"\r\n" in content_of(leaf.oid) for leaf in compared):
        return None  # git compares line ends by kind, and the question changes names
    asked = Question()
    asked.assumed[merge] = {
        end: leaf_of(end) for end in move.touched.values() if isinstance(end, Merge)
    }
    asked.base = {**equals, merge.source: merge.base}
    asked.mine = {**equals, merge.source: merge.mine}
    asked.upstream = {**_before(merge.path, name, rivals), merge.path: here}
    return asked if _is_tree(asked) else None


def names_kinds(path: bytes, attributes: bytes) -> bool:
    """Whether a `.gitattributes` file says of some files that they are binary or not.

    It does not count what holds for a suffix in all folders, for that stays as it is.
    """
    lines = (line.split() for line in attributes.splitlines())
    return any(
        _KIND.intersection(word.lstrip(b"-!") for word in words[1:])
        and not (b"/" not in path and words[0].startswith(b"*.") and words[0][2:].isalnum())
        for words in lines
        if words
    )


def _is_sure(
    merge: Merge,
    here: Leaf,
    rivals: Mapping[bytes, Leaf],
    equals: Mapping[bytes, Leaf],
    called_so: AbstractSet[bytes],
) -> bool:
    """Whether git's choice will depend on likeness alone, and on nothing outside the question."""
    contents = {leaf.oid for leaf in rivals.values()}
    vanished = {leaf.oid for leaf in equals.values()}
    namesakes = [path for path in rivals if name_of(path) == name_of(merge.source)]
    if name_of(merge.path) == name_of(merge.source):
        namesakes.append(merge.path)
    return (
        # Of equal ones git takes any.
        here.oid not in contents
        and here.oid not in vanished
        and merge.base.oid not in contents
        # Among several of one name git goes by where the rest of a folder went.
        and (not namesakes or (len(namesakes) == 1 and len(called_so) == 1))
        # What is there for its name alone may have equal ones outside the question.
        and not any(rivals[path].oid in vanished for path in namesakes if path in rivals)
    )


def _before(path: bytes, name: bytes, rivals: Mapping[bytes, Leaf]) -> dict[bytes, Leaf]:
    """The rivals, but those called `name`, side by side with `path` and before it.

    Of those that are equally like git takes the first that it meets, and in which order it meets
    folders is its own affair: the last one is chosen only if no other could be.
    """
    folder = path[: len(path) - len(name_of(path))]
    return {
        rival if name_of(rival) == name else b"%s\1%d-%s" % (folder, n, name_of(rival)): leaf
        for n, (rival, leaf) in enumerate(rivals.items())
    }


def _is_tree(asked: Question) -> bool:
    """Whether no file stands where another side has a folder."""
    came, gone = asked.upstream.keys(), asked.base.keys()
    return all(gone.isdisjoint(folders_above(path)) for path in came) and all(
        came.isdisjoint(folders_above(path)) for path in gone
    )
