"""A stage that is handed over: packed, sent, taken, found."""

from __future__ import annotations

from types import SimpleNamespace

from hand_off_world import actions, commands, content, proof, revert, take
from submit_world import git, kill


def test_with_pull_requests_beside_it(on_hub):
    world, package = on_hub, on_hub.package
    dry = world.good("submit", "--dry-run")
    assert not package.exists()
    said = world.submit()
    assert actions(said)[-1] == actions(dry)[-1] == ("hand-off", "d")
    assert said["actions"][-1]["path"] == str(package)
    assert [p["stage"] for p in said["pulls"]] == ["a", "b"]
    assert world.submit()["actions"] == []
    assert "Needed by up/proj#2." in (package / "TEXT.md").read_text(encoding="utf-8")
    assert "· needs #1, *d* (handed over)" in world.pull("b")["body"]
    blocked = world.run("land", "b").document["reasons"]
    assert ("maintainer", "d") in [(one["who"], one["stage"]) for one in blocked]

    take(package, world.bin.path)
    tip = git(world.bin.path, "rev-parse", "openssl-bin")
    assert git(world.bin.path, "rev-parse", "openssl-bin^{tree}") == proof(package)["tree"]
    assert world.submit()["notes"] == [f"d is there as {tip[:10]}: `stacker rebase` takes that in"]
    assert (world.lock.stage("d").landing, world.lock.stage("d").landed) == (tip, False)
    assert "*d* (landed)" in world.pull("b")["body"]
    blocked = world.run("land", "b").document["reasons"]
    assert "d" not in [one["stage"] for one in blocked]
    world.good("rebase")
    assert (world.lock.stage("d").landing, world.lock.stage("d").landed) == (tip, True)
    assert world.submit()["actions"] == []


def test_without_any_forge_or_token(alone, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    world = alone()
    package = world.package
    assert actions(world.stacker("submit", "--dry-run")) == [("hand-off", "d")]
    assert not package.exists()
    said = world.stacker("submit")
    assert actions(said) == [("hand-off", "d")]
    assert said["notes"] == [f"d is handed over: {package / 'TEXT.md'}"]
    assert actions(world.stacker("submit")) == []
    sent = b"".join(content(package).values())
    assert b" of bin.git." in sent
    assert str(world.home.parent).encode() not in sent
    assert (package / "patches" / "d" / world.patch("d").name).read_bytes() == (
        world.patch("d").read_bytes()
    )
    assert (world.status()["status"], world.status()["packaged"]) == ("hand-off", True)
    assert "\n  1  d  hand-off  waits for bin openssl-bin\n" in world.page()
    waiting = world.stacker("land", "d", code=5)
    assert (waiting["state"], waiting["way"]) == ("waiting", "hand-off")
    [reason] = waiting["reasons"]
    assert (reason["who"], reason["text"]) == (
        "maintainer", f"to be brought in: {package / 'TEXT.md'}",
    )  # fmt: skip

    clone = take(package, world.upstream.path)
    tip = git(clone, "rev-parse", "HEAD")
    said = world.stacker("land", "d")
    assert (said["state"], said["members"][0]["landed_as"]) == ("landed", tip)
    assert (world.status()["status"], world.status()["landing"]) == ("in-upstream", tip)
    out = revert(clone)
    gone = world.stacker("submit")["notes"]
    assert gone[0] == f"d landed as {tip[:10]}, reverted by {out[:10]}"
    assert (world.line.landing, world.line.reverted) == (None, (tip, out))
    assert f"waits for bin openssl-bin; landed {tip[:7]}, reverted by {out[:7]}" in world.page()


def test_upstream_moves_and_the_package_stays_until_the_series_is_another_one(alone):
    world = alone()
    world.stacker("submit")
    before = content(world.package)
    world.upstream.add("openssl-bin", ("drift", {"readme": "other\n"}))
    world.stacker("rebase")
    assert actions(world.stacker("submit")) == []
    assert content(world.package) == before
    assert world.status()["packaged"] is True

    world.patch("d").write_bytes(world.patch("d").read_bytes().replace(b"Add arm", b"Add ARM"))
    world.stacker("rebase")
    assert world.status()["packaged"] is False
    assert "waits for bin openssl-bin; its package is older\n" in world.page()
    assert world.stacker("status")["next"]["command"] == "stacker submit"
    assert actions(world.stacker("submit")) == [("hand-off", "d")]
    assert proof(world.package)["base"] == world.upstream["drift"]

    world.upstream.add("openssl-bin", ("drift again", {"readme": "more\n"}))
    world.stacker("rebase")
    assert actions(world.stacker("submit", "--move-base")) == [("hand-off", "d")]
    assert proof(world.package)["base"] == world.upstream["drift again"]
    assert actions(world.stacker("submit")) == []

    world.upstream.add("openssl-bin", ("drift before it is taken", {"readme": "r\n"}))
    take(world.package, world.upstream.path, instead_of_merge=commands(world.package)[1])
    assert world.rebased()["status"] == "landed"


def test_a_kill_that_left_nothing_but_a_package_is_told(alone):
    world = alone()
    assert kill(SimpleNamespace(root=world.home.parent, folder=world.home), 2)  # before it is made
    shown = world.stacker("status")
    assert [one["what"] for one in shown["unfinished"]] == [
        "a submit is unfinished: it was about to write the package of d"
    ]
    assert shown["next"]["command"] == "stacker submit"
    assert actions(world.stacker("submit")) == [("hand-off", "d")]
    assert world.stacker("status")["unfinished"] == []


def test_what_a_kill_left_half_written_is_made_anew(alone):
    world = alone()
    world.stacker("submit")
    before, folder = content(world.package), world.package.parent
    world.package.replace(folder / ".old-d")
    (folder / ".new-d" / "patches").mkdir(parents=True)
    assert actions(world.stacker("submit")) == [("hand-off", "d")]
    assert content(world.package) == before
    assert [path.name for path in folder.iterdir()] == ["d"]
    (world.package / "TEXT.md").write_text("Mine.")
    (world.package / "mine").write_text("Mine.")
    assert actions(world.stacker("submit")) == [("hand-off", "d")]
    assert content(world.package) == before
