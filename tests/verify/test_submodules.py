"""Submodules in lanes: where they come from, what moves, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from verify_world import plan, silent

from stacker.evidence.record import Verdict
from stacker.git.process import Git
from stacker.verify.flow import verify
from stacker.verify.module_urls import Refused, address
from stacker.verify.stage_tree import StageTree

PERSON = [("user.name", "A"), ("user.email", "a@example.org")]
WHO = {f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
WANTS = "submodules = true\n"
LOOK = (
    "import os\n"
    "for top, _, files in sorted(os.walk('.')):\n"
    "    print(*sorted(f'{top}/{f}'.replace(os.sep, '/') + '=' + open(f'{top}/{f}').read().strip()"
    " + ':' + str(os.stat(f'{top}/{f}').st_ino)"
    " for f in files if f != '.gitmodules'), sep='\\n')\n"
)


class Forge:
    """Repositories beside each other, as a forge has them."""

    def __init__(self, folder):
        self.folder = folder

    def commit(self, name, files, modules=None, urls=None):
        """A commit on `main` of repository `name`; `modules` are commits by path."""
        git = Git(self.folder / name)
        if not git.directory.exists():
            git.directory.mkdir(parents=True)
            git.run("init", "-q", "-b", "main", ".")
        git.run("rm", "-rfq", "--ignore-unmatch", ".")
        for path, content in files.items():
            (git.directory / path).parent.mkdir(parents=True, exist_ok=True)
            (git.directory / path).write_text(content, "utf-8", newline="\n")
        if urls:
            text = "".join(
                f'[submodule "{p}"]\n\tpath = {p}\n\turl = {u}\n' for p, u in urls.items()
            )
            (git.directory / ".gitmodules").write_text(text, "utf-8", newline="\n")
        git.run("add", "-A")
        for path, oid in (modules or {}).items():
            git.run("update-index", "--add", "--cacheinfo", f"160000,{oid},{path}")
        git.run("commit", "-q", "--allow-empty", "-m", "one", config=PERSON)
        return git.text("rev-parse", "HEAD")


@pytest.fixture
def forge(tmp_path):
    return Forge(tmp_path / "forge")


@pytest.fixture
def ask(lab, forge):
    """Verify a stage that is a commit of `main` on the forge; its result."""

    def asked(commit, check=WANTS, code=LOOK):
        lab.store.run("fetch", "-q", str(forge.folder / "main"), "main")
        tree = lab.store.text("rev-parse", f"{commit}^{{tree}}")
        stage = StageTree("one", "main", "b" * 40, commit, tree)
        upstreams = {"main": (forge.folder / "main").as_posix()}
        request = lab.request(plan(code, check), stage, upstreams=upstreams)
        (result,) = verify(request, silent).results
        return result

    return asked


def seen(result):
    """The files that the check saw, with content, and with content and inode."""
    assert result.verdict is Verdict.PASSED, result.reason
    lines = Path(result.log).read_text(encoding="utf-8").splitlines()
    found = dict(line.split("=") for line in lines if line.startswith("./"))
    return {path: what.partition(":")[0] for path, what in found.items()}, found


def test_they_are_there_at_their_commits_recursively(forge, ask):
    deep = forge.commit("deep", {"d": "1"})
    lib = forge.commit("lib", {"l": "1"}, {"in/deep": deep}, {"in/deep": "../deep"})
    top = forge.commit("main", {"a": "1"}, {"ext/lib": lib}, {"ext/lib": "../lib"})
    assert seen(ask(top))[0] == {"./a": "1", "./ext/lib/l": "1", "./ext/lib/in/deep/d": "1"}
    assert seen(ask(top, check=""))[0] == {"./a": "1"}


def test_only_what_changed_moves_and_what_is_gone_goes(forge, ask):
    one, two = forge.commit("one", {"x": "1", "y": "1"}), forge.commit("two", {"z": "1"})
    urls = {"one": "../one", "two": "../two"}
    first = forge.commit("main", {"a": "1"}, {"one": one, "two": two}, urls)
    before = seen(ask(first))[1]
    newer = forge.commit("one", {"x": "1", "y": "2"})
    second = forge.commit("main", {"a": "1"}, {"one": newer, "two": two}, urls)
    after = seen(ask(second))[1]
    assert [path for path in before if before[path] != after[path]] == ["./one/y"]
    third = forge.commit("main", {"a": "1", "one/x": "mine"}, {"two": two}, {"two": "../two"})
    assert seen(ask(third))[0] == {"./a": "1", "./one/x": "mine", "./two/z": "1"}


def test_a_submodule_that_has_none_any_more(forge, ask):
    deep = forge.commit("deep", {"d": "1"})
    lib = forge.commit("lib", {"l": "1"}, {"in": deep}, {"in": "../deep"})
    seen(ask(forge.commit("main", {"a": "1"}, {"lib": lib}, {"lib": "../lib"})))
    lib = forge.commit("lib", {"in/e": "mine"})
    top = forge.commit("main", {"a": "1"}, {"lib": lib}, {"lib": "../lib"})
    assert seen(ask(top))[0] == {"./a": "1", "./lib/in/e": "mine"}


def test_nobody_is_asked_for_what_is_there(forge, ask, lab):
    lib = forge.commit("lib", {"l": "1"})
    urls = {"lib": "../lib"}
    seen(ask(forge.commit("main", {"a": "1"}, {"lib": lib}, urls)))
    (forge.folder / "lib").rename(forge.folder / "away")
    assert seen(ask(forge.commit("main", {"a": "2"}, {"lib": lib}, urls)))[0]["./lib/l"] == "1"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("../nowhere", "lib cannot be fetched"),
        ("ext::sh -c touch% x", "wants a program of its own"),
        ("--upload-pack=touch x", "has a URL that is none"),
        ("file:///etc", "only https, http and ssh are"),
        ("git://example.invalid/x", "only https, http and ssh are"),
    ],
)
def test_one_that_cannot_be_had_says_why(forge, ask, url, said):
    lib = forge.commit("lib", {"l": "1"})
    result = ask(forge.commit("main", {"a": "1"}, {"lib": lib}, {"lib": url}))
    assert result.verdict is Verdict.COULD_NOT_RUN
    assert said in result.reason


def test_a_commit_that_is_not_there_and_a_link_without_a_url(forge, ask):
    forge.commit("lib", {"l": "1"})
    lost = ask(forge.commit("main", {"a": "1"}, {"lib": "1" * 40}, {"lib": "../lib"}))
    assert lost.reason.startswith("its submodule lib cannot be fetched: ")
    none = ask(forge.commit("main", {"a": "2"}, {"lib": "1" * 40}, {"other": "../lib"}))
    assert none.reason == "its submodule lib has no URL in .gitmodules"


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_nothing_is_written_through_a_link(forge, ask, tmp_path):
    out = tmp_path / "theirs"
    out.mkdir()
    lib, urls = forge.commit("lib", {"l": "1"}), {"ext/lib": "../lib"}
    code = f"import os, shutil; shutil.rmtree('ext'); os.symlink({str(out)!r}, 'ext')"
    assert (
        ask(forge.commit("main", {"a": "1"}, {"ext/lib": lib}, urls), code=code).verdict == "passed"
    )
    newer = forge.commit("lib", {"l": "2"})
    ask(forge.commit("main", {"a": "2"}, {"ext/lib": newer}, urls), code=code)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("name", ["..", ".git", "a"])
def test_a_hostile_tree_leaves_its_check_not_run(forge, ask, name):
    """A submodule whose tree has a gitlink, or a file, at a path that git does not write."""
    lib = Git(forge.folder / "lib")
    link = forge.commit("lib", {"l": "1"})
    blob = lib.run("hash-object", "-w", "--stdin", stdin=b"evil\n").decode().strip()
    kind = f"160000 commit {link}" if name == ".." else f"100644 blob {blob}"
    inner = lib.run("mktree", "--missing", stdin=f"{kind}\t{name}\n".encode()).decode().strip()
    outer = f"040000 tree {inner}\t..\n" if name == "a" else ""
    tree = lib.run("mktree", stdin=outer.encode()).decode().strip() if outer else inner
    evil = lib.run("commit-tree", "-m", "evil", tree, env=WHO).decode().strip()
    lib.run("update-ref", "refs/heads/main", evil)
    result = ask(forge.commit("main", {"a": "1"}, {"lib": evil}, {"lib": "../lib"}))
    assert result.verdict is Verdict.COULD_NOT_RUN
    assert "cannot be checked out" in result.reason


def test_no_command_of_gitmodules_runs(forge, ask, tmp_path):
    lib = forge.commit("lib", {"l": "1"})
    evil = f"../lib\n\tupdate = !touch {tmp_path.as_posix()}/ran"
    seen(ask(forge.commit("main", {"a": "1"}, {"lib": lib}, {"lib": evil})))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("base", "written", "url"),
    [
        ("https://h/o/main.git", "../lib.git", "https://h/o/lib.git"),
        ("https://h/o/main", "../../x/lib/", "https://h/x/lib"),
        ("https://h/o/main/", "./sub", "https://h/o/main/sub"),
        ("git@h:o/main", "../lib", "git@h:o/lib"),
        ("git@h:main", "../lib", "git@h:lib"),
        ("https://h/o/main", "git@h:o/lib", "git@h:o/lib"),
        ("https://h/o/main", "ssh://git@h/lib", "ssh://git@h/lib"),
    ],
)
def test_urls_are_read_as_git_reads_them(base, written, url):
    assert address(written, base, local=False) == url


@pytest.mark.parametrize(
    "written",
    ["", "-x", "/etc", "C:/x", "file:///etc", "ext::sh", "a\nb", "lib", "../../../../../x", "-h:x"],
)
def test_urls_that_are_refused(written):
    with pytest.raises(Refused):
        address(written, "https://h/o/main", local=False)
