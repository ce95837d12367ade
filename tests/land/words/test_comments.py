"""What is said under the members of a landing."""

from __future__ import annotations

from hypothesis import given
from landing_facts import TIP, hostile, intent

from stacker.land.words.comments import landed_comment, reverted_comment
from stacker.series.templates.rendering import Templates


def test_where_it_landed_and_with_whom():
    said = landed_comment(intent(), intent().members[0], TIP)
    assert said.startswith(f"Landed in `master` as {TIP} together with #13, by one update of the")
    assert said.endswith("\n<!-- stacker:landed tx -->\n")
    assert "#12" not in said
    assert "as one commit for all" not in said
    assert ", as one commit for all, by" in landed_comment(
        intent(squash=True), intent().members[0], TIP
    )


def test_that_it_was_taken_back():
    said = reverted_comment(intent(), intent().members[1], TIP)
    assert said.startswith("Taken back: `master` has the change of this pull request no longer")
    assert f"since {TIP}, nor that of #12." in said
    assert said.endswith("\n<!-- stacker:reverted tx -->\n")


def test_a_series_has_its_own_words_and_no_marks_of_ours():
    mine = Templates(own=(("landed.md.j2", "In {{ branch }}. <!-- stacker:landed other -->"),))
    said = landed_comment(intent(), intent().members[0], TIP, mine)
    assert said == (
        "In `master`. <!-- stacker\u200d:landed other -->\n<!-- stacker:landed tx -->\n"
    )


@given(hostile())
def test_a_branch_is_code_whatever_it_is_called(branch):
    first, *_ = landed_comment(intent(branch=branch), intent().members[0], TIP).split(" as ")
    ticks = first.removeprefix("Landed in ")
    fence = ticks[: len(ticks) - len(ticks.lstrip("`"))]
    assert fence
    assert ticks.endswith(fence)
    assert fence not in ticks.strip("`")
