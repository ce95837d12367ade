"""What somebody wrote into home by other means is refused with words, or taken as what it is."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest
from sync_world import clone, git, team

US = "stacker <stacker@localhost> 1700000000 +0000"
RECORD = {
    "format": 1, "key": "k", "stage": "one", "check": "c", "platform": "p", "host": "h",
    "commit": "c", "tree": "t", "base": "b", "verdict": "passed", "exit_code": 0, "seconds": 1.0,
    "started_at": 1.0, "clean": True,
}  # fmt: skip
INTENT = {
    "tx": "a" * 20, "name": "final", "repository": "upstream", "branch": "master",
    "carrier": "up/proj", "base": "1" * 40, "candidate": "2" * 40, "tree": "3" * 40, "way": "push",
    "commits": 1, "squash": False, "own_pull": None, "reverts": None,
    "members": [{"stage": "one", "number": None, "head": "4" * 40, "landed_as": "5" * 40}],
}  # fmt: skip
LANDING = {
    "intent": INTENT, "shown": False, "lock": None, "pull": None, "in_flight": True, "landed": None,
    "ended": False,
}  # fmt: skip


@pytest.fixture
def bob(once, run_stacker, history):
    """Bob, in step with home."""

    def make(folder):
        ann = team(run_stacker, folder, history)
        ann.stacker("sync")
        bob = clone(ann, "bob")
        bob.stacker("sync")
        return bob

    return once("bob, who syncs", make)


@pytest.fixture
def home(bob):
    return bob.home.parent / "home.git"


def put(home, kind, content):
    """An object as git would not write it."""
    made = subprocess.run(
        ["git", "hash-object", "-w", "-t", kind, "--stdin", "--literally"],
        cwd=home, input=content, capture_output=True, check=True,
    )  # fmt: skip
    return made.stdout.decode().strip()


def folder(home, *entries):
    """A tree of (mode, name, id)."""
    lines = (f"{mode} {name}".encode() + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    return put(home, "tree", b"".join(lines))


def files(home, *changed):
    """The tree of home's newest step with some entries of its root replaced."""
    found = {}
    for line in git(home, "ls-tree", "refs/stacker/versions").splitlines():
        (mode, _, oid), name = line.split("\t")[0].split(), line.split("\t")[1]
        found[name] = (mode.lstrip("0"), name, oid)
    found |= {one[1]: one for one in changed}
    return folder(home, *(found[name] for name in sorted(found)))


def step(home, tree, *, by=US, says="rebase: x\n\nVersion: 9\n", parent="refs/stacker/versions"):
    """A commit behind home's newest step."""
    before = git(home, "rev-parse", parent)
    text = f"tree {tree}\nparent {before}\nauthor {by}\ncommitter {by}\n\n{says}"
    return put(home, "commit", text.encode())


def written(home, what, oid):
    """Make that the value of a ref of home."""
    (home / "refs" / "stacker" / what).write_text(f"{oid}\n", encoding="ascii")


@pytest.mark.parametrize(
    "name", ["patches/../../evil", "evil.toml", "series/x\\y.md", "patches/a/NUL.patch"]
)
def test_names_that_no_series_directory_has(bob, home, name):
    *above, last = name.split("/")
    entry = ("100644", last, put(home, "blob", b""))
    for part in reversed(above):
        entry = ("40000", part, folder(home, entry))
    written(home, "versions", step(home, files(home, entry)))
    before = bob.files()
    assert "no series directory has" in bob.stacker("sync", code=1)["error"]["message"]
    assert bob.files() == before


@pytest.mark.parametrize("mode", ["120000", "160000", "100755", "100664"])
def test_what_is_no_plain_file(bob, home, mode):
    plan = git(home, "rev-parse", "refs/stacker/versions:series.toml")
    written(home, "versions", step(home, files(home, (mode, "series.toml", plan))))
    assert "no series directory has" in bob.stacker("sync", code=1)["error"]["message"]


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("nobody", "rebase: x\n\nVersion: 9\n"),
        ("stacker <stacker@localhost> abc +0000", "rebase: x\n\nVersion: 9\n"),
        ("stacker <stacker@localhost> ", "rebase: x\n\nVersion: 9\n"),
        ("stacker <stacker@localhost> 99999999999999 +0000", "rebase: x\n\nVersion: 9\n"),
        (US, "a commit"),
        (US, "rebase: x\n\nVersion: 99999999999\n"),
        (US, "rebase: x\n\nVersion: 9\nNew: what this stacker would lose\n"),
    ],
)
def test_commits_that_are_no_steps(bob, home, by, says):
    tree = files(home)
    written(home, "versions", step(home, tree, by=by, says=says))
    assert "home's line of versions has" in bob.stacker("sync", code=1)["error"]["message"]


def test_what_is_no_commit_is_said_and_stays(bob, home):
    for what in ("versions", "evidence", "landings"):
        blob = put(home, "blob", what.encode())
        head = git(home, "rev-parse", "refs/stacker/versions")
        written(home, what, blob)
        said = bob.stacker("sync", code=1)["error"]["message"]
        assert f"refs/stacker/{what}" in said
        assert "no commit" in said
        assert git(home, "rev-parse", f"refs/stacker/{what}") == blob
        written(home, what, head)


def test_a_damaged_lock_is_homes_and_not_ours(bob, home):
    written(
        home,
        "versions",
        step(home, files(home, ("100644", "series.lock", put(home, "blob", b"x")))),
    )
    said = bob.stacker("sync", code=1)["error"]
    assert "home's v9 cannot be taken" in said["message"]
    assert "git checkout" not in said["hint"]


def test_a_lock_that_names_other_objects_of_ours(bob, home):
    """Neither is believed; kept as parents of an operation they would damage the store."""
    lock = (bob.home / "series.lock").read_text("utf-8")
    status = bob.stacker("status")
    [base] = status["bases"].values()
    one = status["stages"][0]["commit"]
    tree = bob.git("rev-parse", f"{one}^{{tree}}")
    head = git(home, "rev-parse", "refs/stacker/versions")
    for old, new in ((base, tree), (one, base)):
        blob = put(home, "blob", lock.replace(old, new).encode())
        bad = step(home, files(home, ("100644", "series.lock", blob)))
        written(home, "versions", bad)
        bob.stacker("sync", code=1)
        behind = step(home, git(home, "rev-parse", f"{head}^{{tree}}"), parent=bad,
                      says="rebase: x\n\nVersion: 10\n")  # fmt: skip
        written(home, "versions", behind)
        bob.stacker("sync", code=None)
        assert bob.stacker("log")
        bob.git("gc", "-q", "--prune=now")
        written(home, "versions", head)


@pytest.mark.parametrize(
    "change",
    [
        {}, {"seconds": float("nan")}, {"started_at": float("inf")}, {"started_at": -1e300},
        {"exit_code": 1 << 80}, {"stage": "\ud800"}, {"stage": 5}, {"verdict": "good"},
    ],
)  # fmt: skip
def test_evidence(bob, home, change):
    raw = json.dumps(RECORD | change).encode()
    name = hashlib.sha256(raw).hexdigest()
    inner = folder(home, ("100644", f"{name[2:]}.json", put(home, "blob", raw)))
    link = ("160000", "zz", git(home, "rev-parse", "HEAD"))
    written(home, "evidence", step(home, folder(home, ("40000", name[:2], inner), link)))
    assert bob.stacker("sync")["evidence"]["taken"] == (0 if change else 1)


@pytest.mark.parametrize(
    "change",
    [
        {}, {"repository": ["x"]}, {"base": 5}, {"members": []}, {"name": "\x1b[31m"}, {"way": "x"},
        {"own_pull": "x"}, {"members": [{**INTENT["members"][0], "stage": ["one"]}]},
        # Who ends it would close that pull request, which the series does not have.
        {"members": [{**INTENT["members"][0], "number": 7}]}, {"repository": "other"},
    ],
)  # fmt: skip
def test_landings(bob, home, change):
    raw = json.dumps(LANDING | {"intent": INTENT | change}).encode()
    file = ("100644", f"{INTENT['tx']}.json", put(home, "blob", raw))
    written(home, "landings", step(home, folder(home, file)))
    assert bob.stacker("sync")["landings"]["taken"] == (0 if change else 1)
    assert len(bob.stacker("status")["unfinished"]) == (0 if change else 1)
