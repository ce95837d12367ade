"""Starting, stopping, sharing a root, and what is left after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hub_world import World, git, good

from stacker.errors import StackerError
from stacker.hub.server import User, start

PACKAGE = Path(__file__).parents[2]


def test_a_restart_keeps_everything(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"}, draft=True)
    pull.create_issue_comment("Hello")
    world.repo("guido").add_to_collaborators("zooba", "push")
    world.restart()
    again = world.repo("zooba").get_pull(pull.number)
    assert (again.title, again.draft, again.head.sha) == (pull.title, True, pull.head.sha)
    assert [each.body for each in again.get_issue_comments()] == ["Hello"]
    assert world.repo("zooba").permissions.push
    assert again.user.id == pull.user.id


def test_two_servers_share_one_root(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    with world.serve() as second:
        there = world.client("guido", second).get_repo("guido/cpython")
        assert there.url.startswith(second.url)
        there.get_pull(pull.number).edit(title="Seen by both")
        assert world.repo("zooba").get_pull(pull.number).title == "Seen by both"
        world.repo("guido").get_pull(pull.number).merge()
        assert there.get_pull(pull.number).merged


def test_numbers_stay_unique_over_two_servers(world, forked):
    first = world.propose(forked, "one", {"a": "1"})
    with world.serve() as second:
        forked.git("checkout", "-q", "master")
        forked.commit({"b": "1"}, on="two")
        world.pushed(forked, "paulmon", "two", to="paulmon/cpython")
        there = world.client("paulmon", second).get_repo("guido/cpython")
        other = there.create_pull(title="2", head="paulmon:two", base="master")
    assert [first.number, other.number] == [1, 2]


def test_tokens_are_not_written_down(world, work):
    world.repo("guido").get_branch("master")
    for path in world.hub.root.iterdir():
        if path.is_file():
            assert world.token("guido").encode() not in path.read_bytes()
    assert "token-of" not in repr(User("guido", world.token("guido")))


def test_a_port_that_is_taken_is_an_error(world):
    port = int(world.hub.url.rpartition(":")[2])
    with pytest.raises(StackerError, match=f"port {port}"):
        start(world.root / "other", [], port=port)


def test_stop_ends_connections_and_may_be_repeated(world, work):
    world.repo("guido").get_branch("master")
    world.hub.stop()
    world.hub.stop()
    with pytest.raises(OSError, match="refused"):
        world.ask("GET", "/api/v3/rate_limit")


def test_a_killed_server_leaves_a_consistent_hub(tmp_path):
    script = (
        "import sys; from pathlib import Path; from stacker.hub.server import User, start\n"
        "hub = start(Path(sys.argv[1]), [User('guido', 'token-of-guido')])\n"
        "print(hub.url, flush=True); sys.stdin.read()"
    )
    world = World(tmp_path, people=("guido",))
    work = world.make()
    with subprocess.Popen(
        [sys.executable, "-c", script, str(world.root / "hub")],
        cwd=PACKAGE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        url = process.stdout.readline().strip()
        work.commit({"a": "1"}, on="topic")
        there = url.replace("//", "//guido:token-of-guido@") + "/guido/cpython.git"
        good("push", "-q", there, "topic", cwd=work.folder)
        process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    pull = world.repo("guido").create_pull(title="T", head="topic", base="master")
    assert pull.number == 1
    world.close()


def test_a_merge_that_was_cut_short_is_finished_by_whoever_comes_next(world, forked):
    """The base has moved, and the server died before it could write that down."""
    pull = world.propose(forked, "ctypes", {"a": "1"})
    repo = world.repo("guido")
    merged = repo.get_pull(pull.number).merge(merge_method="squash").sha
    with world.hub_database() as db, db.writing():
        db.run(
            "UPDATE pulls SET is_open = 1, merged_at = NULL, merged_by = NULL, merge_commit = NULL"
        )
    again = repo.get_pull(pull.number)
    assert (again.merged, again.merge_commit_sha, again.merged_by.login) == (True, merged, "guido")


def test_an_intent_that_came_to_nothing_does_no_harm(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    with world.hub_database() as db, db.writing():
        db.run("INSERT INTO intents (pull, oid, user) VALUES (1, ?, 1)", pull.head.sha)
    forked.git("checkout", "-q", "master")
    forked.commit({"drift": "1"})
    world.pushed(forked, "guido", "master")
    assert world.repo("guido").get_pull(pull.number).state == "open"
    assert world.repo("guido").get_pull(pull.number).merge().merged


def test_a_memory_of_another_version_is_refused(world):
    with world.hub_database() as db:
        db.run("PRAGMA user_version = 99")
    with pytest.raises(StackerError, match="written by a newer stacker"):
        world.serve()


def test_a_memory_of_the_first_version_is_taken_over(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.repo("guido").create_check_run("build", pull.head.sha, conclusion="success")
    world.hub.stop()
    with world.hub_database() as db:
        for column in ("app", "event"):
            db.run(f"ALTER TABLE check_runs DROP COLUMN {column}")
        for table in ("creations", "review_comments", "rulesets", "force_pushes", "auto_merges"):
            db.run(f"DROP TABLE {table}")
        db.run("PRAGMA user_version = 1")
    world.hub = world.serve()
    [run] = world.repo("guido").get_commit(pull.head.sha).get_check_runs()
    assert (run.name, run.app) == ("build", None)
    again = world.repo("paulmon").get_pull(pull.number)
    again.create_issue_comment("Hello")
    assert [each.body for each in again.get_issue_comments()] == ["Hello"]


def test_refs_moved_by_hand_are_seen(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    forked.git("checkout", "-q", "ctypes")
    moved = forked.commit({"a": "2"})
    forked.git("push", "-q", str(world.bare("paulmon/cpython")), "ctypes")
    assert world.repo("guido").get_pull(pull.number).head.sha == moved


def test_adopted_repositories_are_not_changed(world, work):
    bare = world.bare()
    (bare / "hooks").mkdir()
    before = (
        (bare / "config").read_bytes(),
        sorted(path.name for path in (bare / "hooks").iterdir()),
    )
    world.pushed(work, "guido", "master:copy")
    world.repo("guido").get_branches()
    after = (bare / "config").read_bytes(), sorted(path.name for path in (bare / "hooks").iterdir())
    assert before == after


def test_names_that_leave_the_root_are_nobody(world, work):
    good("init", "-q", "--bare", str(world.root / "outside.git"), cwd=world.root)
    for name in ("../outside", "..%2Foutside", "guido/..", "guido/cpython.git", ".hub/hooks"):
        assert world.ask("GET", f"/api/v3/repos/{name}")[0] == 404
        ran = git("ls-remote", f"{world.hub.url}/{name}.git", cwd=work.folder)
        assert ran.code != 0 or name == "guido/cpython.git"


def test_a_user_whose_name_would_leave_the_root(tmp_path):
    with pytest.raises(StackerError, match="cannot be the name of a user"):
        start(tmp_path / "hub", [User("../evil", "t")])


def test_two_merges_at_once(world, forked):
    """Both wrote down what they intend; only the one that moved the base has merged."""
    world.propose(forked, "ctypes", {"a": "1"})
    merged = world.repo("guido").get_pull(1).merge(merge_method="squash").sha
    with world.hub_database() as db, db.writing():
        db.run("UPDATE pulls SET is_open = 1, merged_at = NULL, merge_commit = NULL")
        db.run("INSERT INTO intents (pull, oid, user) VALUES (1, ?, 2)", "1" * 40)
    again = world.repo("zooba").get_pull(1)
    assert (again.merged, again.merge_commit_sha, again.merged_by.login) == (True, merged, "guido")


def test_many_at_once(world, work):
    """Pushes, pull requests and reports from many threads over two servers."""
    names = [f"b{number}" for number in range(8)]
    for name in names:
        work.git("checkout", "-q", "master")
        work.commit({name: "1"}, on=name)

    def live(name, hub):
        url = world.url("guido").replace(world.hub.url[7:], hub.url[7:])
        good("push", "-q", url, name, cwd=work.folder)
        repo = world.client("guido", hub).get_repo("guido/cpython")
        pull = repo.create_pull(title=name, head=name, base="master")
        pull.create_issue_comment(name)
        repo.get_commit(pull.head.sha).create_status("success")
        return pull.number

    with world.serve() as second, ThreadPoolExecutor(4) as pool:
        hubs = [world.hub, second] * 4
        numbers = list(pool.map(live, names, hubs))
    assert sorted(numbers) == list(range(1, 9))
