"""What is saved is loaded again; what upstream did not touch keeps its file; numbers stay."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from world import begin, statuses

from stacker.git import tidy as tidying
from stacker.git.objects import Commit, Entry, Signature
from stacker.series.compose import Composer, PatchCommit
from stacker.series.directory import SeriesDirectory
from stacker.series.loading import Series, load
from stacker.series.lock import Lock
from stacker.series.lock import serialise as serialise_lock
from stacker.series.patches import patchtexts
from stacker.series.plan.model import StageId
from stacker.series.plan.reading import parse_plan
from stacker.series.saving import rewritten, save
from stacker.series.versions import ondisk, operations
from stacker.series.workspace import open_store

LINES = "".join(f"line {n}\n" for n in range(30))
NOW = 1_550_000_000


def edited(*pairs):
    text = LINES
    for number, word in pairs:
        text = text.replace(f"line {number}\n", f"{word}\n")
    return text


# What is saved is loaded again --------------------------------------------------------------------

# For each stage whether it stands on the one above it, and the numbers of its patches' files.
STAGES = st.lists(
    st.tuples(st.booleans(), st.lists(st.integers(0, 5), max_size=3)), min_size=1, max_size=4
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    directory = SeriesDirectory(tmp_path_factory.mktemp("home"))
    directory.state.mkdir()
    return directory


@pytest.fixture(scope="module")
def store(home):
    with open_store(home.store) as opened:
        yield opened


def commit(store, text, files, *parents):
    who = Signature(b"Ada", b"ada@example.org", b"1556000000 +0000")
    tree = store.write_tree({
        name: Entry("100644", store.write("blob", content), b"") for name, content in files.items()
    })  # fmt: skip
    return store.write_commit(Commit(tree, parents, who, who, f"{text}\n".encode()))


def drawn_series(store, drawn):
    """A series as an import would make it: its patches touch files of their own and common ones."""
    text = '[series]\nname = "s"\n[repositories.r]\nupstream = "./up"\n'
    for number, (stands, _) in enumerate(drawn):
        text += f'[[stages]]\nid = "s{number}"\n' + ("" if stands and number else "needs = []\n")
    files = {b"common": LINES.encode()}
    base = commit(store, "base", files)
    patches = {}
    for number, (_, touched) in enumerate(drawn):
        made, here = [], base
        own = dict(files)
        for at, file in enumerate(touched):
            own[b"s%d/%d" % (number, file)] = b"%d\n" % at
            here = commit(store, f"s{number} {at}", own, here)
            made.append(PatchCommit(f"{at + 1:04d}-p.patch", here))
        patches[StageId(f"s{number}")] = tuple(made)
    series = Series(parse_plan(text, "series.toml"), Lock(), patches, {}, ())
    return series._replace(files={"series.toml": text.encode(), "series/cover.md": b"# x\n"}), base


@given(STAGES)
@given_settings(max_examples=15)
def test_what_is_saved_is_loaded(home, store, drawn):
    series, base = drawn_series(store, drawn)
    bases = {"r": base}
    standing = Composer(series.composition(store, bases, {})).outcomes()
    lock, files = rewritten(store, series, bases, standing, {})
    done = save(
        home, store, files, lock,
        loaded=home.files(), command="import", reason="test", now=NOW,
    )  # fmt: skip
    assert operations.files_of(store, done.oid) == home.files() == ondisk.found(store, home)
    found = load(home.files(), store, series.plan)
    assert (found.lock, found.edits) == (lock, ())
    assert found.files == {**files, "series.lock": serialise_lock(lock)}
    assert found.patches == {stage: one.patches for stage, one in standing.items()}
    # Nothing moved: the same again is the very same.
    again = Composer(found.composition(store, bases, {})).outcomes()
    assert rewritten(store, found, bases, again, {}) == (lock, found.files)


# A patch that is not touched keeps its file -------------------------------------------------------


@pytest.fixture
def world(tmp_path, run_stacker, history):
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES})],
        "port": ["start", ("One", {"a.c": edited((20, "one"))}),
                 ("Two", {"b.c": edited((20, "two"))})],
    })  # fmt: skip
    return begin(run_stacker, tmp_path, upstream,
                 (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip


def test_a_patch_keeps_its_file_unless_upstream_touches_its_files(world):
    """Another stacker, or another git, had written the same patches a little otherwise."""
    for stage in ("one", "two"):
        patch = world.patch(stage)
        patch.write_bytes(patch.read_bytes().replace(b"[PATCH]", b"[PATCH v7]"))
    shutil.rmtree(world.home / ".stacker")
    before = {stage: world.patch(stage).read_bytes() for stage in ("one", "two")}
    world.stacker("rebase")
    assert {stage: world.patch(stage).read_bytes() for stage in before} == before
    world.upstream.add("master", ("drift", {"a.c": edited((2, "drift")), "z": "new\n"}))
    assert set(statuses(world.stacker("rebase")).values()) == {"rebased"}
    assert world.patch("two").read_bytes() == before["two"]
    assert b"[PATCH]" in world.patch("one").read_bytes()
    assert world.stacker("rebase")["edits"] == []


def test_one_git_tells_all_diffs(world, monkeypatch):
    asked, real = [], patchtexts.diffs_between

    def counted(store, pairs, *, renames):
        asked.append(len(pairs))
        return real(store, pairs, renames=renames)

    monkeypatch.setattr(patchtexts, "diffs_between", counted)
    world.upstream.add("master", ("drift", {"a.c": edited((2, "x")), "b.c": edited((2, "x"))}))
    world.stacker("rebase")
    assert asked == [2]
    world.upstream.add("master", ("beside", {"z": "z\n"}))
    world.stacker("rebase")
    assert asked == [2]


def test_packs_do_not_pile_up(world, monkeypatch):
    monkeypatch.setattr(tidying, "_MANY", 4)
    for number in range(8):
        world.upstream.add("master", (f"drift {number}", {"a.c": edited((2, f"{number}"))}))
        assert world.stacker("rebase")["version"] == number + 2
        assert len(list((world.home / ".stacker/store.git/objects/pack").glob("*.pack"))) <= 4
    world.git("fsck", "--strict", "--no-dangling")
    assert world.stacker("undo", "--to", "v1")["version"] == 1
    assert world.stacker("rebase")["version"] == 9
