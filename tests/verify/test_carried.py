"""Files that git does not have, in a lane: what they are, when they are copied, what is refused."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from verify_world import builds, plan, silent

from stacker.evidence.record import Verdict
from stacker.verify.carried import Memory, carried, seen_carried
from stacker.verify.cells import cells_of
from stacker.verify.content import Uncarriable, copy, digest_of, entries, read_digest
from stacker.verify.flow import verify, why

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and rights")
CARRY = 'carry = { "ext/ssl" = "../ssl" }\n'
LOOK = "import os; print(open('ext/ssl/lib').read(), os.stat('ext/ssl/lib').st_ino)"


@pytest.fixture
def ssl(tmp_path):
    """What is carried."""
    folder = tmp_path / "ssl"
    (folder / "arm").mkdir(parents=True)
    (folder / "lib").write_text("1", "ascii")
    (folder / "arm" / "lib").write_text("arm", "ascii")
    return folder


def only(request):
    (result,) = verify(request, silent).results
    return result


def last_line(result):
    return Path(result.log).read_text(encoding="utf-8").splitlines()[-1]


def digest(folder):
    return digest_of(entries(folder), read_digest)


def test_it_is_in_the_lane_and_decides_about_evidence(lab, ssl):
    request = lab.request(plan(LOOK, CARRY), lab.stage("one", {"a": ""}))
    assert last_line(only(request)).startswith("1 ")
    assert builds(request) == 0
    (ssl / "lib").write_text("2", "ascii")
    (missing,) = why(request)
    assert missing.earlier.differs == ("carry.ext/ssl",)
    assert last_line(only(request)).startswith("2 ")


def test_it_is_copied_again_only_when_it_changed(lab, ssl):
    first = last_line(only(lab.request(plan(LOOK, CARRY), lab.stage("one", {"a": "1"}))))
    second = lab.request(plan(LOOK, CARRY), lab.stage("one", {"a": "2"}))
    assert last_line(only(second)) == first
    (ssl / "arm" / "lib").unlink()
    third = lab.request(plan(LOOK, CARRY), lab.stage("one", {"a": "3"}))
    assert only(third).verdict is Verdict.PASSED
    assert not list(lab.folder.glob("lanes/*/tree/ext/ssl/arm/*"))


def test_a_single_file_and_keys_of_other_checks_stay(lab, ssl):
    one = lab.stage("one", {"a": ""})
    file = plan("print(open('lib').read())", 'carry = { "lib" = "../ssl/lib" }\n')
    assert last_line(only(lab.request(file, one))) == "1"
    (plain,) = cells_of(lab.request(plan(), one))
    assert not any(name.startswith("carry") for name in plain.parts)


def test_what_is_missing_says_so_and_nothing_runs(lab):
    result = only(lab.request(plan(LOOK, CARRY), lab.stage("one", {"a": ""})))
    assert (result.verdict, result.reason) == (Verdict.COULD_NOT_RUN, "../ssl is not there")


@pytest.mark.parametrize("files", [{"ext": ""}, {"EXT": ""}])
def test_no_file_of_the_stage_is_hidden(lab, ssl, files):
    result = only(lab.request(plan(LOOK, CARRY), lab.stage("one", files)))
    assert result.verdict is Verdict.COULD_NOT_RUN
    assert result.reason.endswith("it would hide ext, which the stage has")
    assert last_line(result) == f"stacker: {result.reason}"


@posix
def test_nothing_is_written_through_a_link(lab, ssl, tmp_path):
    out = tmp_path / "theirs"
    out.mkdir()
    code = f"import os, shutil; shutil.rmtree('ext'); os.symlink({str(out)!r}, 'ext')"
    assert only(lab.request(plan(code, CARRY), lab.stage("one", {"a": "1"}))).verdict == "passed"
    (ssl / "lib").write_text("2", "ascii")
    result = only(lab.request(plan(code, CARRY), lab.stage("one", {"a": "2"})))
    assert result.reason.endswith("it would go through a link, ext")
    assert list(out.iterdir()) == []


def test_stackers_own_folder_is_not_carried(lab):
    request = lab.request(plan(LOOK, 'carry = { "x" = ".." }\n'), lab.stage("one", {"a": ""}))
    assert only(request).reason == ".. holds what stacker keeps of this series"


def test_what_changes_while_it_is_carried_is_not_believed(lab, ssl):
    def change(event):
        (ssl / "lib").write_text("other", "ascii")

    request = lab.request(plan(LOOK, CARRY), lab.stage("one", {"a": ""}))
    (result,) = verify(request, change).results
    assert result.reason.endswith("it changed since this run began")


def test_a_copy_is_equal_and_leaves_repositories_behind(ssl, tmp_path):
    (ssl / ".git").mkdir()
    (ssl / ".git" / "config").write_text("token", "ascii")
    if os.name == "posix":
        (ssl / "lib").chmod(0o755)
        (ssl / "arm" / "link").symlink_to("../lib")
    assert copy(ssl, tmp_path / "copy") == digest(tmp_path / "copy") == digest(ssl)
    assert not (tmp_path / "copy" / ".git").exists()
    assert os.access(tmp_path / "copy" / "lib", os.X_OK)


@posix
@pytest.mark.parametrize("target", ["/etc/passwd", "../..", "../lib/../../x", "..//../x"])
def test_a_link_that_leaves_is_refused(ssl, target):
    (ssl / "arm" / "link").symlink_to(target)
    with pytest.raises(Uncarriable, match="leaves it: arm/link"):
        entries(ssl)


@posix
def test_a_pipe_is_refused(ssl):
    os.mkfifo(ssl / "pipe")
    with pytest.raises(Uncarriable, match="no file: pipe"):
        entries(ssl)


@posix
def test_names_decide_and_so_do_kinds(ssl):
    seen = {digest(ssl)}
    (ssl / "lib").rename(ssl / "lib2")
    seen.add(digest(ssl))
    (ssl / "lib2").chmod(0o755)
    seen.add(digest(ssl))
    (ssl / "arm" / "x").mkdir()
    seen.add(digest(ssl))
    assert len(seen) == 4


class Remembered:
    """A memory in a file, and a look into what it holds."""

    def __init__(self, folder):
        self.file = folder / "carried.json"

    def digest(self, source, later=0, most=None):
        memory = Memory(self.file)
        found = memory.digest(source, time.time_ns() + later, most)
        memory.save()
        return found

    def swap(self, name, content):
        """Let the memory hold another digest for a file."""
        saved = json.loads(self.file.read_bytes())
        (files,) = saved["sources"].values()
        files[name][-1] = content
        self.file.write_text(json.dumps(saved), "ascii")


LATER = 10_000_000_000  # ns


def test_a_file_that_did_not_change_is_not_read_again(ssl, tmp_path):
    memory = Remembered(tmp_path)
    assert memory.digest(ssl, LATER) == digest(ssl)
    memory.swap("lib", "0" * 64)
    assert memory.digest(ssl) != digest(ssl)
    (ssl / "lib").write_text("2", "ascii")
    assert memory.digest(ssl) == digest(ssl)


def test_what_changed_a_moment_ago_is_read_again(ssl, tmp_path):
    memory = Remembered(tmp_path)
    memory.digest(ssl)
    assert json.loads(memory.file.read_bytes())["sources"] == {str(ssl): {}}


@posix
def test_times_that_were_put_back_deceive_nobody(ssl, tmp_path):
    memory = Remembered(tmp_path)
    before, old = memory.digest(ssl, LATER), (ssl / "lib").stat()
    (ssl / "lib").write_text("2", "ascii")
    os.utime(ssl / "lib", ns=(old.st_atime_ns, old.st_mtime_ns))
    assert memory.digest(ssl) != before


@pytest.mark.parametrize(
    "text", ["", "[]", '{"sources": {"a": 5}}', '{"sources": {"a": {"b": [1]}}}']
)
def test_a_damaged_memory_is_none(ssl, tmp_path, text):
    memory = Remembered(tmp_path)
    memory.file.write_text(text, "ascii")
    assert memory.digest(ssl) == digest(ssl)


def test_at_a_glance_not_much_is_read(lab, ssl, tmp_path):
    memory = Remembered(tmp_path)
    assert memory.digest(ssl, most=3) == ""
    assert memory.digest(ssl, most=4) == digest(ssl)
    request = lab.request(plan(LOOK, CARRY), lab.stage("one", {"a": ""}))
    assert seen_carried(request) == carried(request)
