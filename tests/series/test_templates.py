"""Templates of a series: what they may do, and what they are told."""

from __future__ import annotations

import pytest

from stacker.errors import TemplateFault
from stacker.series.templates.rendering import LONGEST, Templates, own_templates
from stacker.submit.words.body import Called, Part, Text, pull_body

SERIES = Called("arm", "Windows on ARM32")
PARTS = tuple(
    Part(stage=s, title=f"Part {s}", reference="", state="open", group=None, needs=())
    for s in ("a", "b_1")
)
TEXT = Text(title="Part a", body="My *text*.", range_view="VIEW", evidence=("E 1", "E 2"))
FILE = "series/templates/pull.md.j2"


def own(source):
    raw = source if isinstance(source, bytes) else source.encode()
    return Templates("default", own_templates({FILE: raw, "series/a.md": b"# A"}))


def said(source, text=TEXT):
    block = pull_body(SERIES, PARTS[0], PARTS, text, draft=False, templates=own(source))
    first, *lines, empty, last = block.split("\n")
    assert first.startswith('<!-- stacker:begin {"draft": false')
    assert (empty, last) == ("", "<!-- stacker:end -->")
    return "\n".join(lines)


def test_a_series_has_its_own_text():
    assert (
        said("{{ title }}, {{ series }}:\r\n{{ text }}") == "Part a, Windows on ARM32:\nMy *text*."
    )


def test_it_may_keep_all_but_one_block():
    kept = said('{% extends "default/pull.md.j2" %}{% block evidence %}None of it.\n{% endblock %}')
    assert "Part 1 of 2 of *Windows on ARM32*\n**Review only this part:** VIEW\n" in kept
    assert "My *text*.\n\nNone of it.\n<details><summary>All parts</summary>" in kept
    assert "E 1" not in kept
    more = said('{% extends "cpython/pull.md.j2" %}{% block text %}Hi. {{ super() }}{% endblock %}')
    assert "Hi. My *text*." in more
    assert "<details><summary>Evidence</summary>\n\nE 1\nE 2\n" in more


def test_it_goes_over_lists_and_asks():
    source = (
        "{% for p in parts %}{% for line in evidence %}{% if not p.here and loop.first %}"
        "{{ p.number }} {{ p.title|upper }} {{ 'yes' if p.state == 'open' else 'no' }}"
        "{% endif %}{% endfor %}{% endfor %}; {{ evidence|join(', ') }}"
    )
    assert said(source) == "2 PART B\\_1 yes; E 1, E 2"


@pytest.mark.parametrize(
    "source",
    [
        "<!-- stacker:end -->",
        "<!-- {{ 'stacker:' }}end -->",
        '<!-- stacker:begin {"series": "other"} -->',
        "{{ '<!--' }} stacker:begin {} -->\n<!-- stacker:end -->",
        "{{ '<!-- stacker:en' }}d -->",
    ],
)
def test_it_neither_ends_nor_imitates_our_markers(source):
    assert "<!-- stacker:" not in said(source)


def test_a_comment_that_it_leaves_open_is_closed():
    assert said("shown <!-- hidden") == "shown <!-- hidden -->"


def test_what_is_inside_a_value_is_no_template():
    text = Text(title="t", body="{{ 7 * 7 }} {% for %} {#", range_view="V")
    assert said("{{ text }}", text) == text.body


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("fine\n{{ nothing }}", 2, "'nothing' is undefined"),
        ("{{ parts }}\n\n{% for p in parts %}\n{{ p.secret }}{% endfor %}", 4, "secret"),
        ("{% if %}", 1, "Expected an expression"),
        ("a\n{% for %}", 2, "xpected"),
        ("{{ text.__class__ }}", 1, "__class__"),
        ("{{ text.format }}", 1, "format"),
        ("{{ text|attr('x') }}", 1, "no filter 'attr'"),
        ("{{ text is divisibleby }}", 1, "no test 'divisibleby'"),
        ("a\n{{ range(3) }}", 2, "may not use call"),
        ("{{ text.upper() }}", 1, "may not use call"),
        ("{{ 'a' * 100000000000 }}", 1, "may not use mul"),
        ("{{ 9 ** 9 ** 9 }}", 1, "may not use pow"),
        ("{{ text ~ text }}", 1, "may not use concat"),
        ("{% set x = text %}", 1, "may not use assign"),
        ("{% macro m() %}{% endmacro %}", 1, "may not use macro"),
        ("{% include 'pull.md.j2' %}", 1, "may not use include"),
        ("{% import 'pull.md.j2' as p %}", 1, "may not use import"),
        (
            "{% extends 'pull.md.j2' %}",
            1,
            "it may extend one of cpython/landed.md.j2, cpython/landing",
        ),
        ("{% extends text %}", 1, "it may extend one of"),
        ("{% for c in text %}{% endfor %}", 1, "a text, not a list"),
        ("{{ text|first }}", 1, "a text, not a list"),
        ("{% for c in 'aaaa' %}{% endfor %}", 1, "by its name"),
        ("{% for p in parts recursive %}{% endfor %}", 1, "by its name"),
        ("{% for a in parts %}" * 3 + "x" + "{% endfor %}" * 3, 1, "at most 2 loops"),
        ("\n{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", 1, ""),
        ("{% block a %}{% endblock %}{{ self.a() }}", 1, "may not use call"),
        (b"fine\n\xff", 2, "is not UTF-8"),
        (b" " * 70000, 1, "is larger than 64 KB"),
    ],
)
def test_what_it_may_not(source, line, why):
    with pytest.raises(TemplateFault) as told:
        said(source)
    assert told.value.message.startswith(f"{FILE}:{line}: ")
    assert why in told.value.message
    (where,) = told.value.where
    assert (where.file, where.line) == (FILE, line)
    assert "docs/texts.md" in told.value.hint


def test_a_text_ends_where_a_forge_would_refuse_it():
    text = Text(title="t", body="x" * 60_000, range_view="V")
    assert len(said("{{ text }}", text)) == 60_000
    with pytest.raises(TemplateFault, match=f"more than {LONGEST} characters"):
        said("{% for p in parts %}{{ text }}{% endfor %}", text)


def test_a_file_of_another_name_is_told():
    with pytest.raises(TemplateFault, match=r"series/templates/pul.md.j2:1: no template has this"):
        own_templates({"series/templates/pul.md.j2": b""})
