"""A branch divided by the paths of stages: nothing twice, nothing lost, each stage stands."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import begin, stages

from stacker.git.objects import Commit, Entry, Signature
from stacker.git.trees import changed_paths, replace_paths
from stacker.importing.placing import DoesNotFitError
from stacker.importing.splitting import part
from stacker.importing.value import Imported
from stacker.series.compose import Composer, Halted, PatchCommit
from stacker.series.loading import Series
from stacker.series.lock import Lock
from stacker.series.plan.globs import matches
from stacker.series.plan.reading import parse_plan
from stacker.series.workspace import open_store

PLAN = """\
[[stages]]
id = "build"
paths = ["PCbuild/**", "Makefile"]

[[stages]]
id = "library"
paths = ["Lib", "**/*.py"]

[[stages]]
id = "docs"
paths = ["Doc/**"]
"""
MOVED = "".join(f"line {n}\n" for n in range(20))


@pytest.fixture
def upstream(tmp_path, history):
    """A proof of concept in three commits of two people; a file moves to another stage."""
    return history.draw(tmp_path / "upstream", {
        "master": [("start", {"Makefile": "all:\n", "Lib/os.py": "os\n", "PCbuild/x.txt": MOVED,
                              "crlf.txt": "a\r\n"})],
        "poc": [
            "start",
            ("Build\n\nIt builds.", {"Makefile": "arm:\n", "PCbuild/a.py": "a\n"},
             "Ann <ann@x.org>"),
            ("fixup! Build", {"Makefile": "arm:\n\n"}, "Cat <cat@x.org>"),
            ("Both", {"Makefile": "arm: it\n", "Lib/os.py": "os on arm\n", "notes.txt": "a\nb\n"},
             "Bob <bob@x.org>"),
            ("Move", {"PCbuild/x.txt": None, "Lib/x.txt": MOVED}, "Bob <bob@x.org>"),
        ],
    })  # fmt: skip


@pytest.fixture
def bare(tmp_path, run_stacker, upstream):
    return begin(run_stacker, tmp_path, upstream)


@pytest.fixture
def world(bare):
    bare.plan(PLAN)
    return bare


def show(world, stage, form="%an%n%B"):
    tip = stages(world.stacker("rebase"))[stage]["commit"]
    return world.git("log", "-1", f"--format={form}", tip)


def files(world, stage):
    tip = stages(world.stacker("rebase"))[stage]["commit"]
    said = world.git("diff-tree", "-r", "--no-renames", "--name-status", f"{tip}^", tip)
    return said.replace("\t", " ").splitlines()


def test_each_stage_gets_what_its_paths_name(world):
    (world.home / "series" / "library.md").write_text("# The library\n", encoding="utf-8")
    made = world.stacker("import", "poc", "--split")
    assert made["stages"] == ["build", "library"]
    assert made["notes"] == ["docs: its paths name nothing of it"]
    assert made["residue"] == [{"path": "notes.txt", "added": 2, "removed": 0}]
    # The first stage in plan order that claims a file has it; a move is parted.
    assert files(world, "build") == ["M Makefile", "A PCbuild/a.py", "D PCbuild/x.txt"]
    assert files(world, "library") == ["M Lib/os.py", "A Lib/x.txt"]
    assert show(world, "build") == (
        "Ann\nBuild\n\nMade of these commits:\n\n* Build\n* Both\n* Move\n\n"
        "Co-authored-by: Bob <bob@x.org>\nCo-authored-by: Cat <cat@x.org>"
    )
    assert show(world, "library") == "Bob\nThe library\n\nMade of these commits:\n\n* Both\n* Move"
    text = (world.home / "series" / "library.md").read_text(encoding="utf-8")
    assert text == "# The library\n"
    before = world.files()
    assert world.stacker("import", "poc", "--split") == made
    assert world.files() == before


def test_patches_in_files_are_split_too(world, upstream, tmp_path):
    upstream.git("format-patch", "-q", "--full-index", "-o", str(tmp_path / "mails"), "master..poc")
    made = world.stacker("import", str(tmp_path / "mails"), "--split")
    assert made["stages"] == ["build", "library"]
    assert world.stacker("import", "poc", "--split")["version"] == made["version"]


def test_one_commit_keeps_its_words(world, upstream):
    upstream.add(
        "small", ("Alone\n\nText.", {"Makefile": "x:\n"}, "Ann <ann@x.org>"), start="start"
    )
    made = world.stacker("import", "small", "--split")
    assert show(world, "build") == "Ann\nAlone\n\nText."
    assert world.stacker("import", "small", "--split") == made


def test_merges_do_not_matter_for_it(world, tmp_path, upstream):
    upstream.add("master", ("drift", {"d.txt": "d\n"}))
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "-b", "poc", upstream.path, clone], check=True)
    subprocess.run(["git", "merge", "-q", "--no-ff", "-m", "Up", "origin/master"], cwd=clone,
                   check=True)  # fmt: skip
    made = world.stacker("import", "poc", "--from", str(clone), "--split")
    assert (made["stages"], made["base"]) == (["build", "library"], upstream["drift"])


def test_stages_that_are_there_stay_and_are_merged_with(bare, upstream):
    world = bare
    world.plan('[[stages]]\nid = "first"\n\n' + PLAN)
    upstream.add("first", ("First", {"Lib/os.py": "os\nfirst\n", "f.txt": "f\n"}), start="start")
    world.stacker("import", "first", "--stage", "first")
    upstream.add("other", ("Other", {"Lib/os.py": "other\n", "Makefile": "x:\n"}), start="start")
    error = world.stacker("import", "other", "--split", code=3)["error"]
    assert "Lib/os.py" in error["message"]
    upstream.add(
        "third", ("Third", {"Lib/os.py": "os\nfirst\n", "Makefile": "x:\n"}), start="start"
    )
    made = world.stacker("import", "third", "--split")
    assert made["stages"] == ["build"]
    assert made["notes"][0] == "library: the series has its share already"
    assert files(world, "first") == ["M Lib/os.py", "A f.txt"]


def test_what_cannot_be_split_is_explained(world, upstream):
    world.stacker("import", "poc", "--split")
    upstream.add("more", ("More", {"Makefile": "more:\n"}), start="start")
    error = world.stacker("import", "more", "--split", code=2)["error"]
    assert error["message"] == "build of the plan has patches already"
    upstream.add("else", ("Else", {"z": "z\n"}), start="start")
    error = world.stacker("import", "else", "--split", code=2)["error"]
    assert error["message"] == "no stage of the plan claims a file of it"
    assert "choose one of" in world.stacker("import", "poc", "--split", "--stage", "s", code=2)[
        "error"]["message"]  # fmt: skip


def test_stages_without_paths_are_no_rule(bare):
    world = bare
    world.plan('[[stages]]\nid = "s"\n')
    error = world.stacker("import", "poc", "--split", code=2)["error"]
    assert "paths = " in error["hint"]


TEXTS = [MOVED, MOVED.replace("line 3", "other"), "x\n", "y\n"]
PATHS = ["a", "d", "d/a", "d/b", "d/e/a", "e", "e/a", "e/b", "e/c", "z"]
GLOBS = ["a", "d", "d/*", "**/b", "e/**", "e/a", "?"]
WHO = Signature(b"A", b"a@x", b"1556000000 +0000")


def fits(paths):
    """Whether no path is a folder of another."""
    return not any(one != other and other.startswith(f"{one}/") for one in paths for other in paths)


TREES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(TEXTS), max_size=6).filter(fits)
RULES = st.lists(
    st.tuples(st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2, unique=True), st.booleans()),
    min_size=1, max_size=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("split") / "store.git") as opened:
        yield opened


def commit(store, files, *parents):
    entries = {
        path.encode(): Entry("100644", store.write("blob", text.encode()), b"")
        for path, text in files.items()
    }
    return store.write_commit(Commit(store.write_tree(entries), parents, WHO, WHO, b"Change\n"))


@settings(max_examples=60)
@given(before=TREES, after=TREES, rules=RULES)
def test_all_stages_and_the_residue_are_the_branch(store, before, after, rules):
    base = commit(store, before)
    tip = commit(store, after, base)
    text = '[series]\nname = "s"\n[repositories.up]\nupstream = "./up"\n' + "".join(
        f'[[stages]]\nid = "s{n}"\npaths = {globs!r}\n{"needs = []" if alone else ""}\n'
        for n, (globs, alone) in enumerate(rules)
    )
    series = Series(parse_plan(text.replace("'", '"'), "series.toml"), Lock(), {}, {}, ())
    try:
        done = part(store, series, Imported(base, (tip,)), "up")
    except DoesNotFitError:
        # Only where stages do not stand on each other may a move of files come between them.
        assert any(alone for _, alone in rules[1:])
        return
    patches = {stage: (PatchCommit(stage, oid),) for stage, oid in done.commits}
    what = series._replace(patches=patches).composition(store, {"up": base}, {})
    together = Composer(what).tip("up", tuple(what.chains))
    assert not isinstance(together, Halted)
    changes = changed_paths(store, store.commit(base).tree, store.commit(tip).tree)
    rest = {one.path: changes[one.path] for one in done.residue}
    whole = replace_paths(store, store.commit(together).tree, rest)
    assert whole == store.commit(tip).tree
    assert not [p for p in rest if changes[p] and any(matches(globs, p) for globs, _ in rules)]
