"""git clients at the hub: reading, pushing, and being refused."""

from __future__ import annotations

import gzip
import urllib.request

import pytest
from hub_world import git, good

from stacker.git import partial, transfer
from stacker.git.objects import Oid
from stacker.git.process import Git


def lines_said(ran):
    return [line.removeprefix("remote: ").strip() for line in ran.said.splitlines()]


@pytest.mark.parametrize("ending", [".git", ""])
def test_anybody_clones(world, work, tmp_path, ending):
    good("clone", "-q", f"{world.hub.url}/guido/cpython{ending}", "copy", cwd=tmp_path)
    assert good("rev-parse", "HEAD", cwd=tmp_path / "copy") == work.oid("master")


def test_protocol_two_and_gzip_requests(world, work, tmp_path):
    """git packs a long list of wants and haves, and asks for protocol version 2."""
    for number in range(60):
        work.commit({"n": str(number)}, on=f"b{number}")
    world.pushed(work, "guido", "--all")
    trace = tmp_path / "trace"
    env = {"GIT_TRACE_CURL": str(trace), "GIT_TRACE_CURL_NO_DATA": "1"}
    good("-c", "protocol.version=2", "clone", "-q", f"{world.hub.url}/guido/cpython", "copy",
         cwd=tmp_path, env=env)  # fmt: skip
    said = trace.read_text(encoding="utf-8", errors="replace").lower()
    assert "git-protocol: version=2" in said
    assert "content-encoding: gzip" in said
    assert len(good("branch", "-r", cwd=tmp_path / "copy").splitlines()) == 62


def test_the_greeting_of_protocol_two_follows_the_repositorys_configuration(world, work):
    """It is asked of git once; what git would say then is said until somebody configures it."""

    def greeted():
        address = f"{world.hub.url}/guido/cpython.git/info/refs?service=git-upload-pack"
        request = urllib.request.Request(address, headers={"Git-Protocol": "version=2"})
        with urllib.request.urlopen(request) as answer:
            return answer.headers["Content-Type"], answer.read()

    first = greeted()
    assert first[0] == "application/x-git-upload-pack-advertisement"
    assert b"ls-refs=unborn" in first[1]
    assert greeted() == first
    good("config", "lsrefs.unborn", "ignore", cwd=world.bare())
    assert b"ls-refs=unborn" not in greeted()[1]
    assert b"ls-refs" in greeted()[1]


def test_a_large_push_comes_in_chunks(world, work):
    work.commit({"large": "".join(f"{n * 7919:x}" for n in range(300_000))})
    env = {"GIT_TRACE_CURL": str(world.root / "trace"), "GIT_TRACE_CURL_NO_DATA": "1"}
    flags = ("-c", "http.postBuffer=65536", "-c", "core.compression=0")
    good(*flags, "push", "-q", world.url("guido"), "master", cwd=work.folder, env=env)
    assert "transfer-encoding: chunked" in (world.root / "trace").read_text("utf-8").lower()
    assert world.tip() == work.oid("master")


@pytest.mark.parametrize("way", ["token", "own name", "bearer"])
def test_the_ways_to_say_who_pushes(world, work, way):
    work.commit({"a": way}, on="topic")
    url, flags = world.url("guido"), ()
    if way == "own name":
        url = url.replace("x-access-token", "guido")
    if way == "bearer":
        url = world.url(None)
        flags = ("-c", f"http.extraHeader=Authorization: Bearer {world.token('guido')}")
    good(*flags, "push", "-q", url, "topic", cwd=work.folder)
    assert world.tip("topic") == work.oid("topic")


def test_a_push_without_a_token_is_challenged(world, work):
    status, headers, _ = world.ask("GET", "/guido/cpython.git/info/refs?service=git-receive-pack")
    assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="GitHub"')
    ran = git("push", world.url(None), "master:x", cwd=work.folder)
    assert ran.code != 0
    assert "could not read Username" in ran.said


def test_a_push_with_a_bad_token_fails(world, work):
    ran = git("push", world.url("guido").replace("token-of", "no"), "master:x", cwd=work.folder)
    assert "Authentication failed" in ran.said


def test_a_push_without_the_right_to(world, work):
    ran = git("push", world.url("zooba"), "master:x", cwd=work.folder)
    assert "Permission to guido/cpython.git denied to zooba." in lines_said(ran)
    assert "403" in ran.said


def test_a_collaborator_may_push_at_once(world, work):
    world.quick("guido").add_to_collaborators("zooba", "push")
    world.pushed(work, "zooba", "master:x")
    assert world.tip("x") == work.oid("master")


def test_no_such_repository(world, work):
    ran = git("ls-remote", f"{world.hub.url}/guido/none.git", cwd=work.folder)
    assert "not found" in ran.said.lower()


def test_the_refs_of_pull_requests_are_the_hubs_own(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    ran = git("push", world.url("guido"), "master:refs/pull/1/head", cwd=forked.folder)
    assert ran.code != 0
    assert "hidden ref" in ran.said
    out = good("ls-remote", world.hub.url + "/guido/cpython", "refs/pull/*", cwd=forked.folder)
    refs = {name: oid for oid, name in (line.split() for line in out.splitlines())}
    assert refs["refs/pull/1/head"] == pull.head.sha
    assert set(refs) == {"refs/pull/1/head", "refs/pull/1/merge"}


def test_a_lease_is_kept(world, work):
    seen = work.oid("master")
    theirs = work.commit({"theirs": "1"})
    world.pushed(work, "guido", "master:topic")
    work.git("reset", "-q", "--hard", seen)
    work.commit({"mine": "1"})
    lease = f"--force-with-lease=topic:{seen}"
    ran = git("push", lease, world.url("guido"), "master:topic", cwd=work.folder)
    assert "stale info" in ran.said
    assert world.tip("topic") == theirs
    world.pushed(work, "guido", "master:topic", flags=(f"--force-with-lease=topic:{theirs}",))
    assert world.tip("topic") == work.oid("master")


def test_a_lease_on_nothing_creates_once(world, work):
    flags = ("--force-with-lease=new:",)
    world.pushed(work, "guido", "master:new", flags=flags)
    work.commit({"a": "1"})
    assert git("push", *flags, world.url("guido"), "master:new", cwd=work.folder).code != 0


def test_one_stale_ref_of_an_atomic_push_stops_all(world, work):
    # https://git-scm.com/docs/git-push#Documentation/git-push.txt---no-atomic
    world.pushed(work, "guido", "master:a", "master:b")
    before = work.oid("master")
    work.commit({"a": "1"})
    ran = git(
        "push", "--atomic", f"--force-with-lease=b:{'1' * 40}", world.url("guido"),
        "master:a", "master:b", cwd=work.folder,
    )  # fmt: skip
    assert ran.code != 0
    assert (world.tip("a"), world.tip("b")) == (before, before)


def test_a_packed_push_is_judged_like_any_other(world, work):
    """Nothing that is hidden from the rules reaches git."""
    world.quick("guido").get_branch("master").edit_protection(enforce_admins=True)
    old = world.tip()
    line = f"{old} {'0' * 40} refs/heads/master\0 report-status"
    body = gzip.compress(f"{len(line) + 4:04x}{line}0000".encode())
    headers = {"Content-Type": "application/x-git-receive-pack-request", "Content-Encoding": "gzip"}
    path = "/guido/cpython.git/git-receive-pack"
    assert world.ask("POST", path, body, name="guido", headers=headers)[0] == 200
    assert world.tip() == old
    damaged = world.ask("POST", path, b"nonsense", name="guido", headers=headers)
    assert damaged[0] == 400
    strange = headers | {"Content-Encoding": "br"}
    assert world.ask("POST", path, body, name="guido", headers=strange)[0] == 415


def test_a_push_certificate_is_refused(world, work):
    body = b"0017push-cert\0 x x x x x"
    path = "/guido/cpython.git/git-receive-pack"
    assert world.ask("POST", path, body, name="guido")[0] == 400


def test_the_old_dumb_protocol_is_not_spoken(world, work):
    assert world.ask("GET", "/guido/cpython.git/info/refs")[0] == 403
    assert world.ask("GET", "/guido/cpython.git/HEAD")[0] == 404


def test_maintainers_may_push_to_a_pull_request(world, forked):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/working-with-forks/allowing-changes-to-a-pull-request-branch-created-from-a-fork
    world.propose(forked, "ctypes", {"a": "1"})
    world.quick("guido").add_to_collaborators("zooba", "push")
    forked.git("checkout", "-q", "ctypes")
    fixed = forked.commit({"a": "2"}, message="A maintainer's fix")
    world.pushed(forked, "zooba", "ctypes", to="paulmon/cpython")
    assert world.quick("guido").get_pull(1).head.sha == fixed
    ran = git("push", world.url("zooba", "paulmon/cpython"), "ctypes:other", cwd=forked.folder)
    assert ran.code != 0
    assert "zooba may not push to this branch." in ran.said
    world.quick("paulmon").get_pull(1).edit(maintainer_can_modify=False)
    ran = git("push", world.url("zooba", "paulmon/cpython"), "master:ctypes", cwd=forked.folder)
    assert "denied to zooba" in ran.said


def test_files_may_be_left_out(world, work, tmp_path):
    """As the first fetch of a big upstream asks for it, and the one that brings them later."""
    url = world.url(None)
    good("init", "-q", "--bare", "store.git", cwd=tmp_path)
    git_there = Git(tmp_path / "store.git")
    assert partial.is_offered(git_there, url)
    transfer.fetch_without_files(git_there, url, ["+refs/heads/master:refs/heads/master"])
    tip = Oid(git_there.text("rev-parse", "master"))
    lacking = partial.lacking(git_there, tip, tip)
    assert len(lacking) == 2
    transfer.fetch_files(git_there, url, lacking)
    assert partial.lacking(git_there, tip, tip) == ()
