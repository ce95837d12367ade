from __future__ import annotations

from stacker.series.plan.reading import parse_plan
from stacker.verify.trust import commands, is_trusted, trust

HEAD = '[series]\nname = "s"\n[repositories.main]\nupstream = "o/main"\n'


def plan(command, more=""):
    return parse_plan(f'{HEAD}[[checks]]\nname = "c"\nrun = {command}\n{more}', "series.toml")


def test_commands_are_trusted_until_one_changes(tmp_path):
    folder = tmp_path / ".stacker"
    known = plan('["make", "test"]')
    assert not is_trusted(folder, known)
    trust(folder, known)
    trust(folder, known)
    assert is_trusted(folder, known)
    assert is_trusted(folder, plan('["make", "test"]', 'timeout = "5m"'))
    given = plan('["make"]', 'env = ["AWS_PROFILE", "CC"]')
    assert commands(given) == ("c: make", "c: sees AWS_PROFILE, CC of this environment")
    assert not is_trusted(folder, plan('["make test"]'))
    assert not is_trusted(folder, plan('["make", "test"]', 'env = ["LD_PRELOAD"]'))


def test_older_trust_is_kept(tmp_path):
    trust(tmp_path, plan('["a"]'))
    trust(tmp_path, plan('["b"]'))
    assert is_trusted(tmp_path, plan('["a"]'))


def test_a_plan_that_runs_nothing_needs_none(tmp_path):
    assert is_trusted(tmp_path, parse_plan(HEAD, "series.toml"))
    tools = '[platforms.here]\ntoolchain = ["cc", "--version"]\n'
    assert not is_trusted(tmp_path, parse_plan(HEAD + tools, "series.toml"))


def test_all_that_would_run_can_be_read():
    found = plan(
        '["a b"]',
        """
[checks.on.here]
run = [["c"], ["d"]]
env = ["CC"]
[platforms.here]
toolchain = ["cc", "--version"]
""",
    )
    assert commands(found) == (
        "c: 'a b'", "c on here: c", "c on here: d", "toolchain of here: cc --version",
        "c on here: sees CC of this environment",
    )  # fmt: skip


def test_what_is_carried_is_trusted_too(tmp_path):
    trust(tmp_path, plan('["a"]'))
    carries = plan('["a"]', 'carry = { "x" = "/home/me/.ssh" }')
    assert not is_trusted(tmp_path, carries)
    trust(tmp_path, carries)
    assert is_trusted(tmp_path, carries)
    assert not is_trusted(tmp_path, plan('["a"]', 'carry = { "x" = "/home/me" }'))
