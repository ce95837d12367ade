"""Damaged and hostile files: read, or refused with words; nothing hangs, nothing is written
elsewhere.

`--hypothesis-profile=search` takes fifty times as many examples.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from base64 import b64encode

import mail_strategies as strategies
import pytest
import words
from hypothesis import given
from mail_lab import by
from mutations import damaged
from searching import examples
from world import begin

from stacker.errors import StackerError
from stacker.git.merge import Side
from stacker.git.objects import Commit, Entry, Oid, Signature
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series import lock
from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.lines import Lines
from stacker.series.patches.patchfile import Patch, parse, serialise, split_mbox
from stacker.series.patches.preimage import Preimage
from stacker.series.plan.model import StageId
from stacker.series.plan.reading import parse_plan
from stacker.series.resolutions import resolution

LINES = b"".join(b"line %d\n" % n for n in range(20))
LONGEST = 5.0  # seconds that one reading may take; most take a thousandth

# Mails and mboxes ------------------------------------------------------------------------------

MAIL = serialise(Patch(by(), b"subject\n\nbody\n", None, strategies.DIFF))
EXACT = serialise(Patch(by(b"M, x"), b"[x] y\n---\n", b"latin1", strategies.DIFF))
ARCHIVED = b"From joe@example.org Thu Apr 25 09:01:02 +0200 2019\n" + MAIL.partition(b"\n")[2]
BASE64 = MAIL.replace(b"8bit", b"base64").partition(b"\n\n")[0] + b"\n\nLS0tCmRpZmYgLS1naXQK\n"


def check_mail(raw):
    """Whatever is read can be a commit, and is read again as it is written."""
    for mail in split_mbox(raw):
        with contextlib.suppress(StackerError):
            one = parse(mail)
            assert parse(serialise(one)) == one
            commit = Commit(Oid("1" * 40), (), one.author, one.author, one.message, one.encoding)
            assert Commit.parse(commit.raw) == commit
            assert Signature.parse(one.author.raw) == one.author


@given(damaged([MAIL, EXACT, ARCHIVED + MAIL, BASE64, MAIL.replace(b"\n", b"\r\n")], words.MAIL))
@examples(200)
def test_damaged_mails(raw):
    check_mail(raw)


@given(strategies.mails)
@examples(200)
def test_mails_made_of_pieces(raw):
    check_mail(raw)


def test_a_header_cannot_bring_another_line_into_the_commit():
    good = serialise(Patch(by(), b"[x]\n", b"latin1", b""))
    for field, value in (("Author", by().raw), ("Encoding", b"latin1")):
        line = f"X-Stacker-{field}: ".encode()
        whole, more = (line + b64encode(x) for x in (value, value + b"\nparent " + b"1" * 40))
        assert whole in good
        with pytest.raises(StackerError, match="more than its line"):
            parse(good.replace(whole, more))


# Diffs -----------------------------------------------------------------------------------------

BEFORE = {b"a": LINES, b"d/b": b"x\n", b"bin": bytes(range(256)), b"old name": LINES[9:]}
AFTER = {
    b"a": LINES.replace(b"line 9\n", b"line nine\n").replace(b"line 19\n", b"19"),
    b"d/n": b"new\n", b"bin": bytes(range(255)), b"new\tname": LINES[9:] + b"\r\n",
}  # fmt: skip


def tree_of(store, files):
    return store.write_tree({
        path: Entry("100644", store.write("blob", content), b"") for path, content in files.items()
    })  # fmt: skip


@pytest.fixture(scope="module")
def diffing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("diffing") / "inside"
    folder.mkdir()
    git = Git(folder)
    git.run("init", "-q", "--bare", ".")
    with ObjectStore(git) as store:
        before = tree_of(store, BEFORE)
        [diff] = diffs_between(store, [(before, tree_of(store, AFTER))])
        yield store, before, diff


def outside(store):
    """All files but objects, and all beside the store."""
    top = store.git.directory.parent
    return {p for p in top.rglob("*") if p.is_file() and "objects" not in p.parts}


@pytest.mark.parametrize("how", [None, Lines(), Lines(strip=0, reverse=True)])
def test_damaged_diffs(diffing, how):
    store, before, diff = diffing
    files, plain = outside(store), re.sub(rb"(?m)^(diff|index) .*\n", b"", diff)

    @given(damaged([diff, plain], words.DIFF))
    @examples(40)
    def check(raw):
        started = time.monotonic()
        with Preimage(store, before) as preimage, contextlib.suppress(StackerError):
            after = preimage.apply(raw, "p", how)
            paths = [entry.name for entry in store.files(after)]
            assert len(set(paths)) == len(paths)
            for path in paths:
                assert not {b"", b".", b".."} & set(path.split(b"/"))
                assert b".git" not in path.lower().split(b"/")
        assert time.monotonic() - started < LONGEST

    check()
    assert outside(store) == files


# Plans, locks, resolutions ---------------------------------------------------------------------

OID = "1" * 40
LOCK = lock.serialise(lock.Lock(version=2, bases={"r": Oid(OID)}, stages=(
    lock.StageLock(stage="a", repository="r", needs=(), commit=Oid(OID), trees=(Oid(OID),)),
    lock.StageLock(stage="b", repository="r", needs=("a",), commit=Oid(OID), trees=(Oid(OID),),
                   pull=3, landing=Oid(OID), landed=True),
)))  # fmt: skip


@given(damaged([LOCK], words.TOML))
@examples(200)
def test_damaged_locks(raw):
    with contextlib.suppress(StackerError):
        one = lock.parse(raw)
        assert lock.parse(lock.serialise(one)) == one
        one.chains()


@pytest.mark.parametrize("hostile", [
    b"x = " + b"[" * 100_000, b".".join([b"a"] * 500_000) + b" = 1\n",
    LOCK.replace(b"version = 2", b"version = inf"), LOCK.replace(b"pull = 3", b"pull = -inf"),
    LOCK.replace(b"version = 2", b"version = " + b"9" * 5000),
])  # fmt: skip
def test_a_lock_that_would_break_a_reader(hostile):
    assert hostile != LOCK
    with pytest.raises(StackerError, match=r"series\.lock is damaged"):
        lock.parse(hostile)


def test_a_lock_with_characters_that_toml_has_in_no_string():
    one = lock.parse(LOCK.replace(b'"r"', b'"\\u007f\\u0000"').replace(b"\nr =", b'\n"\\u007f" ='))
    assert one.stages[0].repository == "\x7f\0"
    assert lock.parse(lock.serialise(one)) == one


SOLVED = resolution.serialise(resolution.Resolution(
    stage=StageId("a"), patch="0001-x.patch", path=b"d/\xff", base=None,
    upstream=Side("100644", Oid(OID)), mine=Side("120000", Oid(OID)), mode="100644",
    content=b"solved\n", by="M", version=3, conflicts=("1" * 16,), then=b"<<<<<<<\n",
))  # fmt: skip


@given(damaged([SOLVED], words.RESOLUTION))
@examples(200)
def test_damaged_resolutions(raw):
    with contextlib.suppress(StackerError):
        one = resolution.parse(raw, "r")
        assert resolution.parse(resolution.serialise(one), "r") == one
        assert ".." not in one.path.split(b"/")


def test_a_resolution_that_is_nested_too_deeply():
    raw = SOLVED.replace(b'by: "M"', b"by: " + b"[" * 100_000)
    with pytest.raises(StackerError, match="r is damaged"):
        resolution.parse(raw, "r")


PLAN = b"""\
[series]
name = "s"
[repositories.main]
upstream = "./up"
[[stages]]
id = "a"
needs = []
[[stages]]
id = "b"
[groups.g]
stages = ["a", "b"]
[platforms.win32]
without = { tkinter = "none" }
[[checks]]
name = "build"
run = [["{python}", "-m", "test"]]
timeout = "30m"
"""


@given(damaged([PLAN], words.TOML))
@examples(100)
def test_damaged_plans(raw):
    with contextlib.suppress(StackerError):
        parse_plan(raw.decode("utf-8", "replace"), "series.toml")


# A whole directory -----------------------------------------------------------------------------


@pytest.fixture
def home(once, run_stacker, history):
    """A series directory with two stages and a solved conflict, beside its upstream."""
    text = LINES.decode()

    def make(folder):
        up = history.draw(folder / "upstream", {
            "master": [("start", {"a.c": text, "b.c": text})],
            "port": ["start", ("First", {"a.c": text.replace("line 3", "mine")}),
                     ("Second", {"b.c": text.replace("line 9", "mine"), "n.c": "n\n"})],
        })  # fmt: skip
        world = begin(run_stacker, folder, up, (f"{up['start']}..port", "--stage-per-commit"))
        up.add("master", ("drift", {"a.c": text.replace("line 3", "theirs")}))
        world.stacker("rebase", code=3)
        world.stacker("resolve", "--take", "mine")
        return world

    return once("a series to be damaged", make)


def test_damaged_files_of_a_series(home):
    """Any committed file may be damaged: no traceback, no file outside of the directory."""
    valid = {n: c for n, c in home.files().items() if not n.startswith(".") and c}
    names = sorted(valid)
    state, kept = home.home / ".stacker", home.home.parent / "kept"
    shutil.copytree(state, kept)
    beside = {p: p.stat().st_mtime_ns for p in home.upstream.path.rglob("*") if p.is_file()}

    @given(damaged([name.encode() + b"\n" + valid[name] for name in names],
                   [*words.MAIL, *words.DIFF, *words.TOML]))  # fmt: skip
    @examples(12)
    def check(one):
        name, _, content = one.partition(b"\n")
        if name.decode("utf-8", "replace") not in valid:
            return
        shutil.rmtree(state)
        shutil.copytree(kept, state)
        for file, raw in valid.items():
            (home.home / file).parent.mkdir(parents=True, exist_ok=True)
            (home.home / file).write_bytes(raw)
        (home.home / name.decode()).write_bytes(content)
        for command in ("status", "rebase"):
            started = time.monotonic()
            ran = home.run("--json", "--no-fetch", command, cwd=home.home)
            assert ran.code in (0, 1, 2, 3), (name, content, ran.out, ran.err)
            assert time.monotonic() - started < LONGEST

    check()
    after = {p: p.stat().st_mtime_ns for p in home.upstream.path.rglob("*") if p.is_file()}
    assert after == beside
    assert {p.name for p in home.home.parent.iterdir()} == {"upstream", "home", "kept"}
