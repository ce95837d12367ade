from __future__ import annotations

from stacker.verify.commands import decisive, fill, placeholders, repositories_named

STEPS = (("{python}", "-c", "print({}, {platform})"), ("x{repo:bin-deps}/{stage}", "{Stage}", "{"))


def test_only_known_placeholders_count():
    assert placeholders(STEPS) == {"python", "platform", "repo:bin-deps", "stage"}
    assert decisive(STEPS) == {"stage"}
    assert repositories_named(STEPS) == ("bin-deps",)


def test_filling_leaves_other_braces_and_does_not_look_into_values():
    values = {"python": "py", "platform": "{stage}", "repo:bin-deps": "C:\\1", "stage": "s"}
    assert fill(STEPS[0], values) == ("py", "-c", "print({}, {stage})")
    assert fill(STEPS[1], values) == ("xC:\\1/s", "{Stage}", "{")
