"""git's own merge breaks down: an error that says at which patch, and nothing is lost."""

from __future__ import annotations

from robust_world import error_of
from world import begin

from stacker.errors import GIT_BREAKS

FILES = ("".join(f"{name} {n}\n" for n in range(9)) for name in "abz")


def test_an_assertion_of_gits_fails(tmp_path, run_stacker, history):
    """Upstream moves a file to where its folder's folder was; the patch renames that whole.

    git up to 2.55 at least stops at `handle_content_merge: Assertion` here; so does `git rebase`.
    """
    a, b, z = FILES
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"src/arch/arm/a": a, "src/b": b, "z": z})],
        "port": ["start", ("Fine", {"z": z + "more\n"}),
                 ("Rename", {"src/arch/arm/a": None, "src/b": None,
                             "lib/arch/arm/a": a, "lib/b": b})],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream,
                  (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip
    upstream.add("master", ("move", {"src/arch/arm/a": None, "src/arch": a}))
    error = error_of(world, "rebase")
    assert "Assertion" in error["message"]
    assert "'Rename'" in error["message"]
    assert error["hint"] == GIT_BREAKS
