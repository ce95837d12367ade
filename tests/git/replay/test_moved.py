"""Files that upstream moved: what a small question leaves out, when there is none, and that git's
answer to it is the one for the whole trees."""

from __future__ import annotations

import pytest

from stacker.git.changes import Leaf
from stacker.git.merge import Merged
from stacker.git.objects import Commit, Entry, Oid, Signature
from stacker.git.pack import object_id
from stacker.git.pick import Pick, Stopped
from stacker.git.quarantine import merge
from stacker.git.replay import moved
from stacker.git.replay.drift import Afloat, Drift
from stacker.git.replay.engine import replay
from stacker.git.replay.moved import names_kinds, question_of
from stacker.git.replay.plan import Merge, Move
from stacker.series.workspace import open_store

PATCH = Oid("1" * 40)
OLD = b"".join(b"line %d of a file\n" % n for n in range(30))
MINE = OLD.replace(b"line 3 ", b"line three ")
HERE = OLD.replace(b"line 20 ", b"line twenty ")
LIKE = OLD.replace(b"line 9 ", b"line nine ")
TINY = b"line 1 of a file\n"


class Side:
    """What upstream moved, in memory: a patch changes `OLD` at `a/old.c` to `MINE`."""

    def __init__(self, arrived, vanished=(), target=b"new/old.txt"):
        self.contents = {}
        arrived = {target: HERE} | arrived
        came = {path: self.leaf(content) for path, content in arrived.items()}
        gone = {path: self.leaf(content) for path, content in dict(vanished).items()}
        gone[b"a/old.c"] = self.leaf(OLD)
        sizes = {oid: len(content) for oid, content in self.contents.items()}
        self.afloat = Afloat(Drift(came, gone, sizes, {b"a/old.c": target}))
        change = (b"a/old.c", self.leaf(OLD), self.leaf(MINE))
        self.merge = Merge(target, came[target], PATCH, change)
        self.thought = {}
        self.touch({})

    def leaf(self, content):
        oid = object_id("sha1", "blob", content)
        self.contents[oid] = content
        return Leaf("100644", oid)

    def touch(self, touched):
        """Earlier patches left this at paths that only upstream has."""
        was = dict.fromkeys(touched, True)
        self.merge.move = Move(Afloat(self.afloat.drift, was), touched)

    def asked(self):
        return question_of(
            self.merge, lambda end: self.thought.get(end, end), self.contents.__getitem__
        )


def rivals(question):
    """What else git may choose, by the names that it has in the question."""
    return sorted(question.upstream.keys() - {merge.path for merge in question.assumed})


def test_the_question_has_the_file_and_what_may_be_as_like():
    side = Side({b"z/like": LIKE, b"z/tiny": TINY, b"z/huge": OLD * 3})
    question = side.asked()
    source, target = b"a/old.c", side.merge.path
    assert question.upstream[target] == side.merge.upstream
    assert (question.base, question.mine) == (
        {source: side.merge.base}, {source: side.merge.mine},
    )  # fmt: skip
    (rival,) = rivals(question)
    assert question.upstream[rival] == side.leaf(LIKE)
    assert question.assumed == {side.merge: {}}


def test_a_rival_stands_before_the_target_in_its_folder_with_its_suffix():
    for target in (b"new/old.txt", b"old.txt", b"\x02"):
        (rival,) = rivals(Side({b"z/like.rst": LIKE}, target=target).asked())
        assert rival.rpartition(b"/")[0] == target.rpartition(b"/")[0]
        assert rival < target
        assert rival.endswith(b".rst")


def test_a_namesake_stays_however_small_and_where_it_is():
    assert rivals(Side({b"z/old.c": TINY, b"y/tiny": TINY + b"!\n"}).asked()) == [b"z/old.c"]


def test_what_vanished_with_a_rivals_content_is_asked_about_too():
    side = Side({b"z/like": LIKE}, {b"b/like": LIKE, b"b/else": TINY})
    question = side.asked()
    assert question.base.keys() == question.mine.keys() == {b"a/old.c", b"b/like"}
    assert question.base[b"b/like"] == question.mine[b"b/like"] == side.leaf(LIKE)


def test_a_touched_rival_is_what_the_merge_before_is_thought_to_make_of_it():
    side = Side({b"z/tiny": TINY, b"z/like": LIKE})
    before = Merge(b"z/tiny", side.leaf(TINY), PATCH, (b"t", side.leaf(TINY), side.leaf(LIKE)))
    side.touch({b"z/tiny": before, b"z/like": side.leaf(TINY)})
    side.thought = {before: side.leaf(LIKE + b"more\n")}
    question = side.asked()
    (rival,) = rivals(question)
    assert question.upstream[rival] == side.leaf(LIKE + b"more\n")
    assert question.assumed == {side.merge: {before: side.leaf(LIKE + b"more\n")}}


def test_a_touched_namesake_stays_however_small():
    side = Side({b"z/old.c": LIKE, b"z/like": LIKE + b"more\n"})
    side.touch({b"z/old.c": side.leaf(TINY), b"z/like": side.leaf(TINY)})
    question = side.asked()
    assert rivals(question) == [b"z/old.c"]
    assert question.upstream[b"z/old.c"] == side.leaf(TINY)


def test_the_target_itself_may_be_touched():
    side = Side({})
    before = Merge(side.merge.path, side.merge.upstream, PATCH, (b"a/old.c", *side.merge.upstream))
    side.merge.upstream, side.thought = before, {before: side.leaf(LIKE)}
    side.touch({side.merge.path: before})
    question = side.asked()
    assert question.upstream == {side.merge.path: side.leaf(LIKE)}
    assert question.assumed == {side.merge: {before: side.leaf(LIKE)}}


@pytest.mark.parametrize(
    ("what", "arrived", "vanished", "target"),
    [
        ("two namesakes came", {b"y/old.c": TINY, b"z/old.c": TINY}, {}, b"new/old.txt"),
        ("the target has a namesake", {b"y/old.c": TINY}, {}, b"new/old.c"),
        ("a namesake came, another went", {b"y/old.c": TINY}, {b"b/old.c": TINY}, b"new/old.txt"),
        ("a namesake went, its target came", {}, {b"b/old.c": TINY}, b"new/old.c"),
        ("another is the target's equal", {b"y/one": HERE}, {}, b"new/old.txt"),
        ("another is what the file was", {b"y/one": OLD}, {}, b"new/old.txt"),
        ("the target is what another file was", {}, {b"b/one": HERE}, b"new/old.txt"),
        ("a namesake is what another was", {b"y/old.c": TINY}, {b"b": TINY}, b"new/old.txt"),
        ("the target is where a folder was", {}, {}, b"a"),
        ("the target is in what was a file", {}, {}, b"a/old.c/new"),
    ],
)  # fmt: skip
def test_the_whole_is_asked(what, arrived, vanished, target):
    assert Side(arrived, vanished, target).asked() is None, what


def test_namesakes_that_only_went_do_not_matter():
    assert Side({}, {b"b/old.c": TINY}).asked() is not None


@pytest.mark.parametrize(
    ("rules", "so"),
    [
        (b"", False),
        (b"*.c binary\n*.h -diff merge=union\n\n", False),
        (b"doc/* text=auto eol=lf\n*.c diff=cpp\n", False),
        (b"doc/* binary\n", True),
        (b"*.c text\nold.c -diff\n", True),
        (b"* !diff\n", True),
        (b"*.tar.gz -diff\r\n", True),
        (b"[attr]mine -diff\n", True),
        (b'"*.c" diff\n', True),
    ],
)
def test_rules_that_tell_single_files_apart(rules, so):
    assert names_kinds(b".gitattributes", rules) == so


def test_rules_of_a_folder_tell_it_from_others():
    assert names_kinds(b"doc/.gitattributes", b"*.c binary\n")
    assert not names_kinds(b"doc/.gitattributes", b"*.c text\n")


# git's answers, in a real store --------------------------------------------------------------

ADA = Signature(b"Ada", b"ada@example.org", b"1549000000 +0100")


class Lab:
    """A base, upstream, a line of patches; files are {path: content} or {path: (mode, content)}."""

    def __init__(self, store, asked):
        self.store, self._asked = store, asked

    def commit(self, files, *parents):
        entries = {}
        for path, file in files.items():
            mode, content = file if isinstance(file, tuple) else ("100644", file)
            # A submodule's commit is in no store of ours.
            oid = PATCH if mode == "160000" else self.store.write("blob", content)
            entries[path.encode()] = Entry(mode, oid, b"")
        return self.store.write_commit(
            Commit(self.store.write_tree(entries), parents, ADA, ADA, b"a patch\n")
        )

    def same(self, base, upstream, *steps):
        """Whether each pick is what git makes of whole trees; which targets were asked about,
        and whether alone."""
        before = self.commit(base)
        onto = self.commit(upstream, before)
        files, line, wanted = dict(base), [], []
        for step in steps:
            files = {path: file for path, file in (files | step).items() if file is not None}
            line.append(self.commit(files, line[-1] if line else before))
        picks = [Pick(old, n - 1 if n else onto) for n, old in enumerate(line)]
        self._asked.clear()
        done = replay(self.store, picks)
        for old in line:
            outcome = merge(self.store, before, onto, old)
            if not isinstance(outcome, Merged):
                wanted.append(Stopped(old, onto, outcome))
                break
            onto = self.store.write_commit(self.store.commit(old).moved(outcome.tree, (onto,)))
            wanted.append(onto)
            before = old
        found = [one if isinstance(one, Stopped) else one.commit for one in done if one]
        assert found == wanted
        assert len(found) == len(line) or isinstance(found[-1], Stopped)
        return list(dict.fromkeys(self._asked))


@pytest.fixture
def lab(tmp_path, monkeypatch):
    asked = []

    def noted(about, *more, kinds):
        question = question_of(about, *more, kinds=kinds)
        asked.append((about.path.decode(), question is not None))
        return question

    monkeypatch.setattr(moved, "question_of", noted)
    with open_store(tmp_path / "store.git") as store:
        yield Lab(store, asked)


def text(*, salt="", eol=b"\n", **edits):
    """Forty lines of which some (`l7="seven"`) are another."""
    lines = [f"{salt} line {n} of a file".encode() for n in range(40)]
    for at, line in edits.items():
        lines[int(at[1:])] = line.encode()
    return b"".join(line + eol for line in lines)


BASE = {"read.txt": text(), "b.txt": text(salt="b"), "keep/k": b"k\n"}
UP = {"read.md": text(l30="up"), "doc/b.txt": text(salt="b", l30="up"), "keep/k": b"k\n"}


def test_a_chain_of_patches_to_moved_files(lab):
    asked = lab.same(
        BASE, UP,
        {"read.txt": text(l1="one")},
        {"read.txt": text(l1="one", l10="two"), "b.txt": text(salt="b", l1="two")},
        {"read.txt": text(l1="one", l10="three")},
        {"b.txt": text(salt="b", l1="four"), "keep/k": b"four\n"},
        {"read.txt": text(l1="one", l10="three", l38="five")},
    )  # fmt: skip
    assert asked == [("read.md", True), ("doc/b.txt", True)]


def test_a_patch_that_also_adds_a_file(lab):
    lab.same(
        BASE, UP, {"read.txt": text(l1="one")}, {"read.txt": text(l1="two"), "added": b"new\n"},
        {"read.txt": text(l1="three")}, {"added": b"newer\n", "read.txt": text(l1="four")},
    )  # fmt: skip


def test_a_patch_that_only_makes_it_executable(lab):
    runs = "100755"
    lab.same(
        BASE, UP, {"read.txt": (runs, text())}, {"read.txt": (runs, text(l1="one"))},
        {"read.txt": text(l1="one")}, {"b.txt": (runs, text(salt="b"))},
    )  # fmt: skip


def test_a_change_that_upstream_has_already(lab):
    lab.same(
        BASE, UP, {"read.txt": text(l1="one")}, {"read.txt": text(l1="one", l30="up")},
        {"read.txt": text(l1="two", l30="up")}, {"b.txt": text(salt="b", l30="up")},
    )  # fmt: skip


def test_a_mode_that_upstream_has_already(lab):
    up = UP | {"read.md": ("100755", UP["read.md"])}
    lab.same(
        BASE, up, {"read.txt": ("100755", text())}, {"read.txt": ("100755", text(l1="one"))},
        {"read.txt": text(l1="one")}, {"read.txt": text(l1="four")},
    )  # fmt: skip


def test_five_moved_files_in_one_patch(lab):
    names = "abcde"
    base = {f"old/{name}.c": text(salt=name) for name in names}
    up = {f"new/{name}.c": text(salt=name, l30="up") for name in names}
    five = {f"old/{name}.c": text(salt=name, l1="mine") for name in names}
    assert lab.same(base, up, five, {"old/b.c": text(salt="b", l5="more")}) == [("new/b.c", True)]
    del five["old/a.c"]
    assert lab.same(base, up, five) == [(f"new/{name}.c", True) for name in "bcde"]


def test_a_conflict_in_a_moved_file(lab):
    lab.same(
        BASE, UP, {"read.txt": text(l1="one")}, {"b.txt": text(salt="b", l1="two")},
        {"read.txt": text(l1="one", l30="mine")}, {"b.txt": text(salt="b", l1="four")},
    )  # fmt: skip


CHAIN = [{"read.txt": text(**{f"l{n}": "mine"})} for n in (1, 5, 10, 20)]


@pytest.mark.parametrize("other", ["a/other", "other", "z/other"])
def test_of_two_files_that_are_equally_like_it(lab, other):
    up = {"read.md": text(l30="this"), other: text(l36="that"), "keep/k": b"k\n"}
    assert lab.same(BASE, up, *CHAIN) == [("read.md", True)]


@pytest.mark.parametrize(
    ("what", "arrived"),
    [
        (
            "the foreseen one is less like it",
            {"read.md": text(l2="a", l3="b"), "x/y": text(l2="a")},
        ),
        ("it has hardly a line of it", {"read.md": text(salt="not")}),
        ("another has hardly a line of it", {"read.md": text(l2="a"), "x/y": text(salt="not")}),
        ("another is longer", {"read.md": text(l2="a", l3="b"), "x/y": text() + b"more\n"}),
        ("another has its name", {"read.md": text(l2="a"), "x/read.txt": text(l2="a", l3="b")}),
        ("two have its name", {"x/read.txt": text(l2="a", l3="b"), "y/read.txt": text(l2="a")}),
        ("another is what it was", {"read.md": text(l2="a"), "x/y": text()}),
        ("another is the same", {"read.md": text(l2="a"), "x/y": text(l2="a")}),
        ("it is a folder now", {"read.txt/read": text(l2="a")}),
    ],
)
def test_git_chooses_among_all_that_came(lab, what, arrived):
    lab.same(BASE, {"keep/k": b"k\n"} | arrived, *CHAIN)


def test_a_namesake_that_went_makes_its_name_no_reason(lab):
    """By its name alone git takes a file only where the name is of one that went, and one that
    came."""
    base = {"a/read.txt": text(), "b/read.txt": text(salt="other"), "keep/k": b"k\n"}
    many = {f"l{n}": "up" for n in range(12, 19)}
    up = {"x/read.txt": text(**many), "y/else": text(l12="up"), "keep/k": b"k\n"}
    chain = [{"a/read.txt": text(**{f"l{n}": "mine"})} for n in (1, 5, 25)]
    lab.same(base, up, *chain)


def test_an_edited_file_may_come_to_be_more_like_another(lab):
    """What earlier patches made of the foreseen file, and of its rival, decides."""
    base = BASE | {"other.txt": text(l2="a", l3="b", l4="c")}
    up = {"read.md": text(l2="a"), "other.md": text(l2="a", l3="b", l4="c", l30="up"), "k": b""}
    lab.same(
        base, up, {"read.txt": text(l10="mine", l2="a")},
        {"other.txt": text(l10="mine")}, {"read.txt": text(l10="mine", l3="b", l4="c")},
        {"read.txt": text(l10="mine", l11="mine")}, {"other.txt": text(l11="mine")},
    )  # fmt: skip


PLAIN, WINDOWS = text(salt="these lines end so"), text(salt="w", eol=b"\r\n")
BINARY = b"\0\n" + PLAIN + WINDOWS


def test_a_binary_file_that_came_as_a_text(lab):
    """git heeds a CR at a line's end only in the one: such lines of both are not alike."""
    base = {"read.bin": BINARY, "b.txt": text(), "keep/k": b"k\n"}
    up = {"read.dat": BINARY[2:], "x/y": BINARY[:-400], "b.md": text(l30="up"), "keep/k": b"k\n"}
    lab.same(
        base, up, {"read.bin": ("100755", BINARY)}, {"b.txt": text(l1="mine")},
        {"b.txt": text(l1="mine", l2="mine")},
    )  # fmt: skip


LESS = text(salt="these lines end so", **{f"l{n}": "another" for n in range(10, 25)})


@pytest.mark.parametrize(
    ("path", "rules", "target", "rival"),
    [
        (".gitattributes", b"*.rst -diff\n", PLAIN + WINDOWS + b"up\n", PLAIN + WINDOWS[:-400]),
        ("new/.gitattributes", b"*.c -diff\n", LESS + WINDOWS, PLAIN + WINDOWS + b"up\n"),
        ("new/.gitattributes", b"* -diff\n*.rst diff\n", LESS + WINDOWS, PLAIN + WINDOWS + b"\n"),
        (".gitattributes", b"new/*.c -diff\n", LESS + WINDOWS, PLAIN + WINDOWS + b"up\n"),
        (".gitattributes", b"x/* -diff\n", LESS + WINDOWS, PLAIN + WINDOWS + b"up\n"),
    ],
)
def test_rules_of_what_is_binary(lab, path, rules, target, rival):
    """In such a file git heeds a CR at a line's end, in others not."""
    base = {"old/read.txt": PLAIN + WINDOWS, path: rules}
    up = {"new/read.rst": target, "x/rival.c": rival, path: rules}
    edits = [text(salt="these lines end so", **{f"l{n}": "mine"}) for n in (1, 5, 38)]
    lab.same(base, up, *({"old/read.txt": edit + WINDOWS} for edit in edits))


def test_rules_of_the_folder_where_a_rival_is_put(lab):
    base = {"old/read.txt": WINDOWS, "new/.gitattributes": b"*.c -diff\n"}
    up = {
        "new/read.rst": text(salt="w", l3="up", l4="up"),
        "x/rival.c": WINDOWS + b"up\r\n",
        "new/.gitattributes": b"*.c -diff\n",
    }
    modes = ("100755", "100644", "100755")
    lab.same(base, up, *({"old/read.txt": (mode, WINDOWS)} for mode in modes))


@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_a_namesake_that_is_no_file(lab, mode):
    rules = {".gitattributes": b"doc/* -diff\n"}
    up = {"read.md": text(l30="up"), "x/read.txt": (mode, b"read.md"), "keep/k": b"k\n"} | rules
    lab.same(BASE | rules, up, *CHAIN)
