"""A merge gives what `git cherry-pick` gives: the same tree, or the same conflict."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from stacker.git.merge import Conflicted, Merged
from stacker.git.objects import Commit, Entry, Oid, Signature
from stacker.git.process import Git
from stacker.git.quarantine import merge, merge_trees
from stacker.git.store import ObjectStore

WHO = Signature(b"A", b"a@example.org", b"1556200000 +0000")
LINES = b"".join(b"line %d\n" % n for n in range(12))
EDITED = LINES.replace(b"line 6\n", b"line six\n")
OTHER = LINES.replace(b"line 6\n", b"line vi\n")
FAR = LINES.replace(b"line 1\n", b"line one\n")
CRLF = LINES.replace(b"\n", b"\r\n")
BINARY = bytes(range(256))
SUB = ["1" * 40, "2" * 40, "3" * 40]


@dataclass(frozen=True)
class Case:
    """Files of the base, of upstream and of mine; and the kind and path of each conflict."""

    base: dict
    upstream: dict
    mine: dict
    kinds: dict


def mode(number, content=b""):
    return (number, content)


# A value is bytes (a plain file) or (mode, content); of a submodule the content is its commit.
CASES = {
    "clean in one file": Case({b"a": LINES}, {b"a": EDITED}, {b"a": FAR}, {}),
    "same change": Case({b"a": LINES}, {b"a": EDITED}, {b"a": EDITED}, {}),
    "content": Case({b"a": LINES}, {b"a": EDITED}, {b"a": OTHER}, {b"a": "content"}),
    "modify/delete": Case(
        {b"a": LINES, b"b": b""}, {b"a": EDITED, b"b": b""}, {b"b": b""}, {b"a": "modify/delete"}
    ),
    "delete/modify": Case(
        {b"a": LINES, b"b": b""}, {b"b": b""}, {b"a": EDITED, b"b": b""}, {b"a": "modify/delete"}
    ),
    "add/add": Case(
        {b"b": b""}, {b"b": b"", b"a": LINES}, {b"b": b"", b"a": OTHER}, {b"a": "add/add"}
    ),
    "add/add, the same": Case(
        {b"b": b""}, {b"b": b"", b"a": LINES}, {b"b": b"", b"a": LINES}, {}
    ),
    "rename and edit": Case({b"a": LINES}, {b"moved": LINES}, {b"a": EDITED}, {}),
    "rename and conflict": Case(
        {b"a": LINES}, {b"moved": EDITED}, {b"a": OTHER}, {b"moved": "content"}
    ),
    "rename/delete": Case(
        {b"a": LINES, b"b": b""}, {b"b": b"", b"moved": LINES}, {b"b": b""},
        {b"moved": "rename/delete"},
    ),
    "rename/rename": Case(
        {b"a": LINES}, {b"x": LINES}, {b"y": LINES},
        {b"a": "rename/rename", b"x": "rename/rename", b"y": "rename/rename"},
    ),
    "directory rename": Case(
        {b"old/a": LINES, b"old/b": FAR, b"z": b""},
        {b"new/a": LINES, b"new/b": FAR, b"z": b""},
        {b"old/a": LINES, b"old/b": FAR, b"old/c": b"c\n", b"z": b""},
        {b"new/c": "file location"},
    ),
    "mode": Case(
        {b"a": LINES}, {b"a": mode("100755", LINES)}, {b"a": EDITED}, {},
    ),
    "type": Case(
        {b"a": LINES}, {b"a": mode("120000", b"else/where")}, {b"a": EDITED},
        {b"a": "mode"},
    ),
    "file/directory": Case(
        {b"z": b""}, {b"z": b"", b"d/x": LINES}, {b"z": b"", b"d": EDITED},
        {b"d": "file/directory"},
    ),
    "directory/file": Case(
        {b"z": b""}, {b"z": b"", b"d": EDITED}, {b"z": b"", b"d/x": LINES},
        {b"d": "file/directory"},
    ),
    "submodule": Case(
        {b"s": mode("160000", SUB[0])}, {b"s": mode("160000", SUB[1])},
        {b"s": mode("160000", SUB[2])}, {b"s": "submodule"},
    ),
    "submodule, one side": Case(
        {b"s": mode("160000", SUB[0]), b"a": LINES},
        {b"s": mode("160000", SUB[0]), b"a": FAR},
        {b"s": mode("160000", SUB[2]), b"a": LINES}, {},
    ),
    "symlink": Case(
        {b"l": mode("120000", b"one")}, {b"l": mode("120000", b"two")},
        {b"l": mode("120000", b"three")}, {b"l": "content"},
    ),
    "binary": Case(
        {b"a": BINARY}, {b"a": BINARY + b"u"}, {b"a": BINARY + b"m"}, {b"a": "binary"}
    ),
    "CRLF, both ends": Case(
        {b"a": CRLF}, {b"a": CRLF.replace(b"line 1\r", b"one\r")},
        {b"a": CRLF.replace(b"line 9\r", b"nine\r")}, {},
    ),
    "CRLF against LF": Case({b"a": LINES}, {b"a": CRLF}, {b"a": EDITED}, {b"a": "content"}),
    "a name that is no UTF-8": Case(
        {b"d\xff/\n": LINES}, {b"d\xff/\n": EDITED}, {b"d\xff/\n": OTHER},
        {b"d\xff/\n": "content"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    git = Git(folder)
    git.run("init", "-q", ".")
    with ObjectStore(Git(folder / ".git")) as store:
        store.work = git
        yield store


def commit(store, files, parents=()):
    entries = {}
    for name, value in files.items():
        number, content = value if isinstance(value, tuple) else ("100644", value)
        oid = Oid(content) if number == "160000" else store.write("blob", content)
        entries[name] = Entry(number, oid, b"")
    return store.write_commit(Commit(store.write_tree(entries), parents, WHO, WHO, b"m\n"))


def sides(store, case):
    base = commit(store, case.base)
    return base, commit(store, case.upstream, (base,)), commit(store, case.mine, (base,))


def cherry_pick(store, upstream, mine):
    """(tree of a clean pick or None, unmerged (mode, id, stage, path) entries)."""
    git = store.work
    # A worktree cannot hold the submodule's files, nor must it: only the index is compared.
    git.run("checkout", "-q", "-f", "--detach", upstream)
    git.run("clean", "-q", "-ffdx")
    done = git.attempt("-c", "user.name=x", "-c", "user.email=x@x", "-c",
                       "merge.conflictStyle=zdiff3", "cherry-pick", "--allow-empty",
                       "--keep-redundant-commits", mine)  # fmt: skip
    unmerged = git.run("ls-files", "-u", "-z").split(b"\0")[:-1]
    git.run("cherry-pick", "--quit")
    if done.code == 0:
        return git.text("rev-parse", "HEAD^{tree}"), []
    return None, unmerged


@pytest.mark.parametrize("name", CASES)
def test_the_same_as_cherry_pick(lab, name):
    case = CASES[name]
    base, upstream, mine = sides(lab, case)
    outcome = merge(lab, base, upstream, mine)
    tree, unmerged = cherry_pick(lab, upstream, mine)
    if tree is not None:
        assert outcome == Merged(Oid(tree))
        assert case.kinds == {}
        return
    assert isinstance(outcome, Conflicted)
    ours = sorted(
        (f"{side.mode} {side.oid} {stage}", plain(c.path))
        for c in outcome.conflicts
        for stage, side in enumerate((c.base, c.upstream, c.mine), 1)
        if side
    )
    theirs = sorted(
        (line.partition(b"\t")[0].decode(), plain(line.partition(b"\t")[2])) for line in unmerged
    )
    assert ours == theirs
    assert {plain(c.path): c.kind for c in outcome.conflicts} == case.kinds


def plain(path):
    """git names a file that had to make way after the commit that it came from."""
    return path.partition(b"~")[0]


@pytest.mark.parametrize("name", ["content", "clean in one file", "file/directory"])
def test_bare_trees_merge_the_same_way(lab, name):
    base, upstream, mine = sides(lab, CASES[name])
    trees = [lab.commit(oid).tree for oid in (base, upstream, mine)]
    bare, whole = merge_trees(lab, *trees), merge(lab, base, upstream, mine)
    assert type(bare) is type(whole)
    if isinstance(bare, Merged):
        assert bare == whole
    else:
        assert [(plain(c.path), c.kind) for c in bare.conflicts] == [
            (plain(c.path), c.kind) for c in whole.conflicts
        ]


def test_only_the_given_base_counts(lab):
    """`mine` has a history of its own, in which git would find another merge base."""
    base, upstream, _ = sides(lab, CASES["content"])
    mine = commit(lab, {b"a": OTHER}, (upstream,))
    direct = merge(lab, base, upstream, mine)
    assert isinstance(direct, Conflicted)
    assert merge(lab, upstream, upstream, mine) == Merged(lab.commit(mine).tree)
    assert merge(lab, base, base, mine) == Merged(lab.commit(mine).tree)


def test_the_same_merge_gives_the_same_conflict(lab):
    base, upstream, mine = sides(lab, CASES["file/directory"])
    first = merge(lab, base, upstream, mine)
    other = lab.write_commit(
        Commit(lab.commit(upstream).tree, (base,), Signature(b"B", b"b", b"5 +0000"), WHO, b"x")
    )
    assert merge(lab, base, other, mine) == first
