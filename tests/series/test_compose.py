"""Chains as commits: a diamond of stages over small files, composed without any command."""

from __future__ import annotations

import pytest

from stacker.git.objects import Commit, Entry, Signature
from stacker.series.compose import (
    Composer,
    Composition,
    Halted,
    PatchCommit,
    Standing,
    Waiting,
)
from stacker.series.resolutions.remembered import Resolutions
from stacker.series.workspace import open_store

ADA = Signature(b"Ada", b"ada@example.org", b"1549000000 +0100")
LINES = [f"{n}\n" for n in range(20)]
CHAINS = {
    "left": ("left",),
    "right": ("right",),
    "top": ("left", "right", "top"),
    "roof": ("left", "right", "top", "roof"),
}


class Lab:
    """A store in which commits are made of {file: lines}."""

    def __init__(self, store):
        self.store = store
        self.picks = {}

    def commit(self, files, parent=None, subject="base"):
        entries = {
            name.encode(): Entry("100644", self.store.write("blob", "".join(lines).encode()), b"")
            for name, lines in files.items()
        }
        tree = self.store.write_tree(entries)
        parents = (parent,) if parent else ()
        return self.store.write_commit(Commit(tree, parents, ADA, ADA, subject.encode() + b"\n"))

    def compose(self, base, patches, chains=CHAINS):
        return Composer(
            Composition(
                store=self.store,
                bases={"up": base},
                chains=chains,
                repositories=dict.fromkeys(chains, "up"),
                patches={s: [PatchCommit(f"0001-{s}.patch", oid)] for s, oid in patches.items()},
                resolutions=Resolutions({}),
                picks=self.picks,
            )
        )

    def text(self, commit, name):
        entry = self.store.entry_at(commit, name.encode())
        return self.store.blob(entry.oid).decode()


@pytest.fixture
def lab(tmp_path):
    with open_store(tmp_path / "store.git") as store:
        yield Lab(store)


def edited(line, text):
    return [*LINES[:line], f"{text}\n", *LINES[line + 1 :]]


@pytest.fixture
def diamond(lab):
    """`left` and `right` each on the base, `top` and `roof` on both, in one file."""
    base = lab.commit({"f": LINES})
    left = lab.commit({"f": edited(2, "left")}, base, "left")
    right = lab.commit({"f": edited(10, "right")}, base, "right")
    both = [*edited(2, "left")[:10], "right\n", *LINES[11:]]
    under = lab.commit({"f": both}, base, "both")
    top = lab.commit({"f": both, "g": ["top\n"]}, under, "top")
    roof = lab.commit({"f": both, "g": ["roof\n"]}, top, "roof")
    return base, {"left": left, "right": right, "top": top, "roof": roof}


def test_a_stage_stands_on_all_it_needs(lab, diamond):
    base, patches = diamond
    composer = lab.compose(base, patches)
    top = composer.outcome("top")
    assert isinstance(top, Standing)
    text = lab.text(top.tip, "f")
    assert "left" in text
    assert "right" in text
    assert composer.outcome("left").tip == patches["left"]
    assert lab.store.commit(top.tip).author == lab.store.commit(patches["top"]).author


def test_equal_beginnings_are_the_same_commits(lab, diamond):
    base, patches = diamond
    composer = lab.compose(base, patches)
    top, roof = composer.outcome("top"), composer.outcome("roof")
    assert roof.below == top.tip
    assert composer.tip("up", ("left", "right")) == top.below


def test_the_same_task_gives_the_same_ids(lab, diamond):
    base, patches = diamond
    moved = lab.commit({"f": [*LINES, "more\n"]}, base, "drift")
    first = lab.compose(moved, patches).outcome("roof").tip
    lab.picks.clear()
    assert lab.compose(moved, patches).outcome("roof").tip == first


def test_a_conflict_halts_one_stage_and_the_rest_waits_for_it(lab, diamond):
    base, patches = diamond
    drift = lab.commit({"f": edited(10, "upstream")}, base, "drift")
    composer = lab.compose(drift, patches)
    right = composer.outcome("right")
    assert isinstance(right, Halted)
    assert (right.of, right.file) == ("right", "0001-right.patch")
    assert isinstance(composer.outcome("left"), Standing)
    assert composer.outcome("top") == Waiting("top", "right")
    assert composer.outcome("roof") == Waiting("roof", "right")


def test_needs_that_conflict_only_on_each_other_are_the_stages_own_conflict(lab):
    base = lab.commit({"f": LINES})
    left = lab.commit({"f": edited(5, "left")}, base, "left")
    right = lab.commit({"f": edited(5, "right")}, base, "right")
    top = lab.commit({"f": edited(5, "left"), "g": ["top\n"]}, left, "top")
    composer = lab.compose(base, {"left": left, "right": right, "top": top, "roof": top})
    assert isinstance(composer.outcome("left"), Standing)
    assert isinstance(composer.outcome("right"), Standing)
    halted = composer.outcome("top")
    assert isinstance(halted, Halted)
    assert (halted.stage, halted.of) == ("top", "right")
    assert composer.outcome("roof") == Waiting("roof", "top")


def test_a_change_that_is_there_already_is_known_as_empty(lab, diamond):
    base, patches = diamond
    landed = lab.commit({"f": edited(2, "left")}, base, "landed")
    composer = lab.compose(landed, patches)
    left = composer.outcome("left")
    assert left.emptied == (True,)
    assert lab.store.commit(left.tip).tree == lab.store.commit(landed).tree
    assert composer.outcome("right").emptied == (False,)


def test_what_went_through_is_not_merged_again(lab, diamond):
    base, patches = diamond
    drift = lab.commit({"f": [*LINES, "more\n"]}, base, "drift")
    lab.compose(drift, patches).outcome("roof")
    known = dict(lab.picks)
    lab.compose(drift, patches).outcome("roof")
    assert lab.picks == known
    assert (patches["left"], drift) in known
