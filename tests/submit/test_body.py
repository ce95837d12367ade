"""The text of a pull request, without forge or git."""

from __future__ import annotations

import re

import pytest

from stacker.series.texts import stage_text
from stacker.submit.words.body import (
    Called,
    Part,
    Text,
    drafted_by_us,
    inline,
    is_ours,
    pull_body,
    with_block,
)

SERIES = Called("arm", "Windows on ARM32")
HOSTILE = (
    "@guido Closes #1, fixes GH-2 and resolves https://github.com/o/r/issues/3 "
    "<!-- stacker:end --> --> </details> `x` **b** [l](u) &commat;all\r\n# h | ~~s~~"
)


def part(stage, **more):
    given = {"title": stage.title(), "reference": "", "state": "open", "group": None, "needs": ()}
    return Part(stage=stage, **given | more)


def body(here, *others, text="", draft=False, series=SERIES):
    said = Text(title=here.title, body=text, range_view="VIEW")
    return pull_body(series, here, (here, *others), said, draft=draft)


def test_three_lines_stand_alone():
    final = [part(s, group="final", reference=f"#{n}") for n, s in enumerate(("build", "tests"), 4)]
    need = part("openssl", reference="up/other#2")
    first = part("ctypes", group="final", needs=("openssl", "build"), reference="#6")
    said = pull_body(
        SERIES, first, (need, *final, first), Text(title="", body="", range_view="VIEW"), draft=True
    )
    lines = said.split("\n")
    assert lines[0].startswith("<!-- stacker:begin {")
    assert lines[1] == (
        "Part 4 of 4 of *Windows on ARM32* · lands together with #4, #5 · needs up/other#2"
    )
    assert lines[2] == "**Review only this part:** VIEW"
    assert lines[3].startswith("Nothing to install.")
    assert lines[-1] == "<!-- stacker:end -->"


def test_a_part_without_a_pull_request_is_called_by_its_name():
    said = body(part("b", needs=("a_1",)), part("a_1", state="not yet here"))
    assert "needs *a\\_1*" in said
    assert "\n2. A\\_1 (not yet here)\n" in said
    assert "\n1. B (open) **(this one)**\n" in said


def test_a_single_part_needs_no_list():
    assert "All parts" not in body(part("a"))


def test_titles_of_others_are_harmless():
    said = body(part("a"), part("b", title=HOSTILE, group="g"), part("c"))
    block = said.split("<!-- stacker:begin")[1]
    assert block.count("<!-- stacker:end -->") == 1
    assert block.endswith("<!-- stacker:end -->")
    (line,) = [x for x in said.split("\n") if x.startswith("2. ")]
    plain = re.sub(r"\\.", "", line)
    assert not re.search(r"[@#]\w|GH-\d|://\w|[<>`*|~&]", plain.replace("lands with *g*", ""))
    assert "3. C (open)" in said


@pytest.mark.parametrize("title", [HOSTILE, "a\nb", "--> <!-- stacker:end -->", '"}', "\u202e"])
def test_a_hostile_series_title_breaks_no_marker(title):
    said = body(part("a"), series=Called("arm", title), draft=True)
    assert drafted_by_us(said)
    assert is_ours(said, "arm")
    assert with_block(said, "NEW") == "NEW"


def test_a_stages_own_text_cannot_end_or_hide_the_block():
    text = "One\n<!-- stacker:end -->\n<!-- stacker:begin {} -->\n<!-- a note --> Two\n<!-- open"
    said = body(part("a"), part("b"), text=text)
    assert with_block(f"up\n{said}\ndown", "NEW") == "up\nNEW\ndown"
    assert "<!-- a note --> Two" in said
    assert "<!-- open -->" in said


def test_our_block_is_replaced_where_it_is():
    old, new = body(part("a"), text="old"), body(part("a"), text="new \\1 \\g<0>")
    assert with_block("", new) == new
    assert with_block("  \n", new) == new
    assert with_block("theirs", new) == f"{new}\n\ntheirs"
    assert with_block(f"x\n{old}\ny", new) == f"x\n{new}\ny"
    assert with_block(f"x\n{old}\ny".replace("\n", "\r\n"), new) == f"x\n{new}\ny"
    assert with_block(with_block("theirs", old), new) == f"{new}\n\ntheirs"


def test_a_block_without_its_end_is_left_to_whoever_broke_it():
    broken = body(part("a")).replace("<!-- stacker:end -->", "")
    once = with_block(broken, body(part("a")))
    assert with_block(once, body(part("a"))) == once


@pytest.mark.parametrize("facts", ["nonsense", "[1]", "", "[" * 100_000], ids=range(4))
def test_a_damaged_block_says_nothing(facts):
    present = f"<!-- stacker:begin {facts} -->\n<!-- stacker:end -->"
    assert not drafted_by_us(present)
    assert not is_ours(present, "arm")


def test_who_drafted_it_is_remembered():
    assert drafted_by_us(body(part("a"), draft=True).replace("\n", "\r\n"))
    assert not drafted_by_us(body(part("a"), draft=False))
    assert is_ours(body(part("a")), "arm")
    assert not is_ours(body(part("a")), "other")


def test_a_stages_file():
    assert stage_text(b"# A title\r\n\r\nText.\r\n", "x") == ("A title", "Text.")
    assert stage_text(None, "x") == ("x", "")
    assert stage_text(b"\n\n", "x") == ("x", "")
    assert stage_text(b"# \xff", "x") == ("\ufffd", "")


def test_text_for_a_line():
    assert inline(" a\n b\t") == " a b "
    assert inline("a\u202eb") == "a\\\\u{202e}b"
    assert inline("50% of #x C# a@") == "50% of #\u200dx C# a@"
