"""A signer counts where somebody agreed, and as long as the plan has it as it was."""

from __future__ import annotations

import pytest
from plan_strategies import public_key

from stacker.series.plan.reading import parse_plan
from stacker.ssh.public_key import public_key as key_in
from stacker.verify.signers import agree, forget_gone, signers_of

HEAD = '[series]\nname = "s"\n[repositories.main]\nupstream = "o/main"\n[platforms.arm]\n'
HEAD += "[platforms.x86]\n"
ONE, TWO = public_key(1), public_key(2)


def plan(*signers):
    tables = [f'[evidence_signers.{n}]\nkey = "{key}"\n{more}\n' for n, key, more in signers]
    return parse_plan(HEAD + "".join(tables), "series.toml")


BOX = ("box", ONE, 'platforms = ["arm"]')


def agreed(folder, known):
    return [one.name for one in signers_of(folder, known).named if one.agreed]


def test_nobody_counts_before_somebody_agreed(tmp_path):
    folder = tmp_path / ".stacker"
    known = plan(BOX)
    assert agreed(folder, known) == []
    assert [one.name for one in signers_of(folder, known).new] == ["box"]
    agree(folder, known)
    assert agreed(folder, known) == ["box"]
    assert signers_of(folder, known).new == ()


@pytest.mark.parametrize(
    "changed",
    [
        ("box", TWO, 'platforms = ["arm"]'),
        ("box", ONE, 'platforms = ["arm", "x86"]'),
        ("box", ONE, ""),
        ("other", ONE, 'platforms = ["arm"]'),
    ],
)
def test_what_changes_about_a_signer_is_agreed_anew(tmp_path, changed):
    agree(tmp_path, plan(BOX))
    assert agreed(tmp_path, plan(changed)) == []


def test_who_comes_beside_it_changes_nothing(tmp_path):
    agree(tmp_path, plan(BOX))
    both = plan(("new", TWO, ""), ("box", f"{ONE} a comment", 'platforms = ["arm"]'))
    assert agreed(tmp_path, both) == ["box"]
    agree(tmp_path, both)
    assert agreed(tmp_path, both) == ["new", "box"]


def test_who_leaves_the_plan_and_comes_back_is_new(tmp_path):
    known, key = plan(BOX, ("other", TWO, "")), key_in(ONE)
    agree(tmp_path, known)
    left = plan(("other", TWO, ""))
    forget_gone(tmp_path, left)
    assert signers_of(tmp_path, left).by(key) is None
    assert signers_of(tmp_path, left).gone == {key.fingerprint: "box"}
    forget_gone(tmp_path, known)
    assert agreed(tmp_path, known) == ["other"]
    agree(tmp_path, known)
    assert signers_of(tmp_path, known).gone == {}


def test_without_any_nothing_is_written(tmp_path):
    forget_gone(tmp_path / "s", plan(BOX))
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"agreed": 1, "gone": {}}', '{"agreed": {"box": 5}, "gone": {}}',
     '{"agreed": {"box": ["x", null]}, "gone": {}}', '{"agreed": {"box": [5, null]}, "gone": {}}'],
)  # fmt: skip
def test_a_damaged_memory_is_none(tmp_path, text):
    (tmp_path / "signers.json").write_text(text, encoding="utf-8")
    assert agreed(tmp_path, plan(BOX)) == []
    forget_gone(tmp_path, plan(BOX))
    agree(tmp_path, plan(BOX))
    assert agreed(tmp_path, plan(BOX)) == ["box"]
