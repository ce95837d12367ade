"""`verify` as people and scripts see it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
from pathlib import Path

import pytest
from small_series import CHECKS

from stacker.preferences.inforce import preferences

NEVER = CHECKS.replace("bad.txt", "c.txt")  # what the second stage brings
WITH_PLATFORMS = "\n[platforms.here]\n[platforms.there]\nhost = 'plan9-vax'\n"


def test_a_plan_runs_nothing_before_somebody_agreed(small):
    small.append(CHECKS)
    done = small.run("verify")
    assert done.code == 1
    assert "--trust" in done.err
    assert not (small.folder / ".stacker" / "logs").exists()
    small.good("verify", "--trust")
    small.good("verify")
    plan = small.folder / "series.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("looking", "seeing"), "utf-8")
    assert small.run("verify").code == 1


def test_the_document_and_what_is_known_already(small):
    small.append(CHECKS)
    first = small.good("verify", "--trust", "--json").document["results"]
    assert [one["stage"] for one in first] == ["first-thing", "second-thing"]
    assert {one["verdict"] for one in first} == {"passed"}
    assert [one["cached"] for one in first] == [False, False]
    one = first[0]
    assert (one["check"], one["platform"], one["required"]) == ("no-bad-file", "local", True)
    assert one["origin"]
    assert "looking" in Path(one["log"]).read_text(encoding="utf-8")
    again = small.good("verify", "--json").document["results"]
    assert [one["cached"] for one in again] == [True, True]
    rerun = small.good("verify", "--json", "--rerun").document["results"]
    assert [one["cached"] for one in rerun] == [False, False]


def test_builds_lie_and_run_as_the_settings_say(small, monkeypatch, tmp_path):
    small.append(CHECKS.replace("looking", "{jobs}"))
    cores = os.cpu_count() or 1
    settings = small.folder / ".stacker" / "config.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(f"work = '{(tmp_path / 'w').as_posix()}'\njobs = 1\n", encoding="utf-8")
    first = small.good("verify", "--trust", "--json", "first-thing").document["results"]
    assert str(cores) in Path(first[0]["log"]).read_text(encoding="utf-8").split()
    [series] = (tmp_path / "w").iterdir()
    assert [lane.is_dir() for lane in series.iterdir()] == [True]
    assert not (small.folder / ".stacker" / "lanes").exists()
    monkeypatch.setenv("STACKER_JOBS", str(2 * cores))
    second = small.good("verify", "--json", "--rerun", "first-thing").document["results"]
    assert "1" in Path(second[0]["log"]).read_text(encoding="utf-8").split()
    settings.write_text("jobs = 'all'\n", encoding="utf-8")
    refused = small.run("verify", "--json")
    assert refused.code == 1
    assert refused.document["error"]["where"][0]["line"] == 1


def test_the_price_comes_first_and_a_table_last(small):
    small.append(CHECKS)
    done = small.good("verify", "--trust")
    assert done.err.startswith("2 builds to run")
    assert done.out.splitlines()[:3] == [
        "no-bad-file     local",
        "  first-thing   passed",
        "  second-thing  passed",
    ]
    assert "2 of 2 required checks passed." in done.out


def test_a_failure_shows_the_end_of_its_log(small):
    small.append(NEVER)
    done = small.run("verify", "--trust")
    assert done.code == 4
    assert "second-thing: no-bad-file for local failed\n" in done.out
    assert "\n    looking\n" in done.out
    assert "Next: mend the patches, then stacker verify second-thing" in done.out


def test_only_what_was_asked_for(small):
    small.append(NEVER + WITH_PLATFORMS)
    done = small.run("verify", "--trust", "--json", "first-thing", "--platform", "here")
    assert done.code == 0
    assert [(r["stage"], r["platform"]) for r in done.document["results"]] == [
        ("first-thing", "here")
    ]


def test_fail_fast(small):
    small.append(NEVER)
    done = small.run("verify", "--trust", "--json", "--fail-fast")
    assert done.code == 4
    said = {one["stage"]: (one["verdict"], one["reason"]) for one in done.document["results"]}
    assert said["second-thing"][0] == "failed"
    assert said["first-thing"] == (
        "could-not-run",
        "left out after no-bad-file failed at second-thing",
    )


def test_what_a_check_lacks_is_said_once_with_what_to_do(small):
    small.append(
        '[[checks]]\nname = "build"\nrun = ["no-such-make"]\nplatforms = ["here"]\n'
        + CHECKS + WITH_PLATFORMS
    )  # fmt: skip
    done = small.good("verify", "--trust")  # it says nothing against a stage
    said = (
        "build for here was aborted at second-thing: no-such-make was not found, or did not find "
        "what it needs (exit code 127); the other build was not begun\n"
    )
    assert done.out.count("127") == done.out.count(said) == 1
    assert "then: stacker verify --check build --platform here\n" in done.out
    assert "2 of 6 required checks passed." in done.out
    first = small.run("verify", "--first-bad")
    assert (first.code, first.out.count("was aborted at second-thing")) == (0, 1)
    document = small.good("verify", "--json").document
    (one,) = document["aborted"]
    assert Path(one.pop("log")).read_text(encoding="utf-8").startswith("$ no-such-make\n")
    assert one.pop("reason").startswith("no-such-make was not found")
    assert one == {
        "check": "build", "platform": "here", "stage": "second-thing", "not_begun": 1,
    }  # fmt: skip
    assert {r["verdict"] for r in document["results"] if r["check"] == "build"} == {"could-not-run"}


def test_the_first_bad_stage(small):
    small.append(NEVER)
    done = small.run("verify", "--trust", "--first-bad")
    assert done.code == 4
    first, second, *_ = done.out.splitlines()
    assert first == (
        "first bad: second-thing (passes at first-thing) · no-bad-file for local · 2 builds"
    )
    assert second.startswith("    $ ")
    assert done.out.endswith("Next: mend the patches, then stacker verify second-thing\n")
    said = small.run("verify", "--first-bad", "--json").document
    assert said["first_bad"] == [
        {
            "check": "no-bad-file", "platform": "local", "tip": "second-thing",
            "stage": "second-thing", "passes_at": "first-thing", "between": [],
            "bad": True, "builds": 0,
        }
    ]  # fmt: skip
    assert [(one["stage"], one["cached"]) for one in said["results"]] == [
        ("first-thing", True),
        ("second-thing", True),
    ]
    assert small.good("verify", "--first-bad", "first-thing").out == (
        "Nothing is bad: every tip passes.\n"
    )
    assert small.run("verify", "--first-bad", "--why").code == 2


def test_an_unknown_name_is_a_usage_error(small):
    small.append(CHECKS)
    for words in (("nothing",), ("--check", "nothing"), ("--platform", "nothing")):
        assert small.run("verify", "--trust", *words).code == 2


def test_what_cannot_run_here_says_why(small):
    small.append(CHECKS + WITH_PLATFORMS)
    done = small.good("verify", "--trust", "--platform", "there")
    assert "not run" in done.out
    assert "there counts only on plan9-vax" in done.out
    assert "0 of 2 required checks passed." in done.out
    assert "Next:" not in done.out


def test_edits_by_hand_become_a_version_first(small):
    small.append(CHECKS)
    patch = next((small.folder / "patches" / "second-thing").iterdir())
    patch.write_bytes(patch.read_bytes().replace(b"second thing", b"another thing"))
    done = small.good("verify", "--trust")
    assert "patches of second-thing were edited: restacked as v2" in done.err
    assert small.good("status", "--json").document["edits"] == []


def test_another_repository_is_what_the_stage_needs_there(tmp_path, history, run_stacker):
    """`{repo:NAME}` is the chain of all that the stage needs there, else that base."""
    main = history.draw(tmp_path / "main.git", {"main": [("m0", {"m": "0\n"})],
                                                "port": ["m0", ("m1", {"m": "1\n"}),
                                                         ("m2", {"m": "2\n"})]})  # fmt: skip
    deps = history.draw(tmp_path / "deps.git", {"main": [("d0", {"d": "0\n"})],
                                                "port": ["d0", ("d1", {"d": "1\n"})]})  # fmt: skip
    folder = tmp_path / "s"

    def run(*words):
        done = run_stacker(*words, cwd=folder)
        assert done.code == 0, done.err
        return done

    run_stacker("init", folder, "--upstream", main.path, "--branch", "main")
    plan = folder / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text += f"\n[repositories.deps]\nupstream = {deps.path.as_posix()!r}\nbranch = 'main'\n"
    plan.write_text(text, encoding="utf-8", newline="\n")
    run("import", f"{main['m0']}..{main['m2']}", "--from", main.path, "--stage-per-commit")
    run("import", f"{deps['d0']}..{deps['d1']}", "--from", deps.path, "--stage", "d1",
        "--repository", "deps")  # fmt: skip
    text = plan.read_text(encoding="utf-8")
    head, tail = text.split('id = "m2"')
    text = f'{head}id = "m2"\nneeds = ["m1", "d1"]{tail}'
    look = "import pathlib, sys; print(pathlib.Path(sys.argv[1], 'd').read_text())"
    text += f'\n[[checks]]\nname = "look"\nrun = ["{{python}}", "-c", "{look}", "{{repo:deps}}"]\n'
    plan.write_text(text, encoding="utf-8", newline="\n")
    results = run("verify", "--trust", "--json").document["results"]
    said = {
        one["stage"]: Path(one["log"]).read_text(encoding="utf-8").splitlines()[1]
        for one in results
    }
    assert said == {"m1": "0", "m2": "1"}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_who_ends_it_ends_the_builds_and_the_rest_is_run_later(small, name):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        code = (
            f"import os, socket; s = socket.create_connection({server.getsockname()!r});"
            "exit(s.recv(1) != b'y')"
        )
        small.append(f'\n[[checks]]\nname = "slow"\nrun = ["{{python}}", "-c", "{code}"]\n')
        said = []

        def meet():
            first, _ = server.accept()
            with first:
                first.sendall(b"y")
            second, _ = server.accept()
            with second:
                second.settimeout(60)
                os.kill(os.getpid(), getattr(signal, name))
                with contextlib.suppress(ConnectionResetError):
                    said.append(second.recv(1))

        other = threading.Thread(target=meet)
        other.start()
        done = small.run("verify", "--trust")
        other.join()
    assert done.code == 130
    assert said in ([], [b""])
    assert "what ended by then is recorded" in done.err
    lanes = preferences(small.folder).lanes() or small.folder / ".stacker" / "lanes"
    assert list(lanes.iterdir()) == []
    assert "1 build to run, 1 cached" in small.run("verify", "--platform", "local").err


def test_after_a_rebase_old_evidence_is_stale_and_why_says_so(small):
    small.append(CHECKS)
    small.good("verify", "--trust")
    assert small.good("verify", "--why").out == "Nothing lacks evidence.\n"
    small.upstream.add("main", ("later", {"b.txt": "two\n"}))
    small.good("rebase")
    base = small.upstream["start"]
    done = small.good("verify", "--why")
    first = done.out.splitlines()[1]
    assert first.startswith("first-thing: no-bad-file for local: stale evidence, not counted: ")
    assert first.endswith(f"on another base ({base[:7]})")
    one = small.good("verify", "--why", "--json").document["why"][0]
    assert (one["stage"], one["differs"], one["cannot"]) == ("second-thing", ["tree"], "")
    assert (one["newest"]["verdict"], one["newest"]["base"]) == ("passed", base)
    evidence = small.good("status", "--json").document["stages"][0]["evidence"]
    said = f"no-bad-file for local: stale evidence (passed, on another base ({base[:7]}))"
    [shown] = evidence.pop("matrix")
    assert evidence == {"passed": 0, "required": 1, "failing": [], "stale": [said]}
    assert (shown["state"], shown["evidence"]["base"]) == ("stale", base)
    assert said in small.good("status").out
    results = small.good("verify", "--json").document["results"]
    assert [(r["cached"], r["stale"]["base"]) for r in results] == [(False, base)] * 2
    assert [a["verdict"] for a in results[0]["attempts"]] == ["passed"]
    again = small.good("verify", "--json").document["results"]
    assert [(r["cached"], r["stale"]) for r in again] == [(True, None)] * 2


def test_attempts_are_counted_in_words(small, tmp_path):
    count = tmp_path / "count"
    code = f"import os; p = {str(count)!r}; n = os.path.exists(p); open(p, 'w'); exit(not n)"
    run = json.dumps(["{python}", "-c", code])
    small.append(f'\n[[checks]]\nname = "flaky"\nrun = {run}\nattempts = 2\n')
    done = small.good("verify", "--trust", "first-thing")
    assert "  first-thing  passed 1 of 2 attempts\n" in done.out
    plan = small.folder / "series.toml"
    text = plan.read_text(encoding="utf-8").replace("exit(not n)", "exit(5)")
    plan.write_text(text, encoding="utf-8", newline="\n")
    done = small.run("verify", "--trust", "first-thing")
    assert done.code == 4
    assert "failed, passed 0 of 2 attempts" in done.out
