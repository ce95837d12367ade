"""`submit --check`: what a project's bots and reviewers would say to a stage, before they do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.errors import UsageError
from stacker.series.plan.reading import parse_plan
from stacker.submit.words.lint.flow import lint
from stacker.submit.words.presets.cpython import CPYTHON
from stacker.submit.words.presets.default import DEFAULT
from stacker.submit.words.titles import is_in_form, titled

PLAN = """
[series]
name = "s"
[repositories.cpython]
upstream = "python/cpython"
fork = "me/cpython"
publish = "append"
preset = "{preset}"
{more}
[[stages]]
id = "a"
{issue}
"""
NEWS = "Misc/NEWS.d/next/Windows/2019-04-26-10-00-00.gh-issue-123.aBc-_0.rst"
GOOD = "# Build on ARM\n\nMore words.\n"


def patch(*paths, message="Build", lines=1):
    head = f"From {'0' * 40} Mon Sep 17 00:00:00 2001\nFrom: Paul <paul@example.org>\n"
    text = f"{head}Date: Thu, 25 Apr 2019 13:46:40 +0000\nSubject: [PATCH] {message}\n\n---\n"
    for path in paths:
        added = "".join(f"+{n}\n" for n in range(lines))
        text += (
            f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex {'0' * 40}..{'1' * 40}\n"
            f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{lines} @@\n{added}"
        )
    return text.encode() + b"-- \n2.39\n"


def said(text=GOOD, *patches, preset="cpython", issue="gh-123", more="", files=None):
    """(level, rule) of each finding, and their lines."""
    line = f'issue = "{issue}"' if issue else ""
    plan = parse_plan(PLAN.format(preset=preset, issue=line, more=more), "series.toml")
    given = {f"patches/a/{n:04}-x.patch": raw for n, raw in enumerate(patches, 1)}
    given |= {"series/a.md": text.encode()} if text is not None else {}
    found = lint(plan, given | (files or {}))
    return [(str(one.level), one.rule) for one in found], "\n".join(map(str, found))


def test_a_good_stage_has_nothing_against_it():
    assert said(GOOD, patch("PCbuild/x.vcxproj", NEWS)) == ([], "")
    assert said(GOOD, patch("x"), preset="default", issue=None) == ([], "")


@pytest.mark.parametrize(
    ("text", "issue", "expected", "words"),
    [
        (GOOD, None, ("error", "issue"), 'add issue = "gh-NNNN"'),
        (GOOD, "jira-5", ("error", "issue"), "none of this project"),
        ("# gh-9: Build\n", "gh-123", ("warning", "issue"), "the title names gh-9"),
        ("# Build for gh-123\n", "gh-123", ("error", "title"), "`gh-123: what it does`"),
        ("# Build.\n", "gh-123", ("warning", "title"), "full stop"),
        (f"# {'x' * 60}\n", "gh-123", ("warning", "title"), "shorten the first line"),
        (f"# {'x' * 300}\n", "gh-123", ("error", "title"), "the forge takes no title"),
        ("# Build\n\nFixes #7.\n", "gh-123", ("error", "squash"), "'Fixes #7' closes an issue"),
        ("# Build\n\nThanks @zooba\n", "gh-123", ("warning", "squash"), "@zooba is called"),
        ("# Build\n\nReviewed-by: Z\n", "gh-123", ("warning", "squash"), "a trailer"),
        (None, "gh-123", ("warning", "text"), "series/a.md"),
    ],
)
def test_titles_and_texts(text, issue, expected, words):
    found, lines = said(text, patch(NEWS), issue=issue)
    assert expected in found
    assert words in lines
    assert " -> " in lines


@pytest.mark.parametrize(
    ("text", "paths", "expected"),
    [
        (GOOD, ["PCbuild/x"], [("error", "news")]),
        (GOOD, ["PCbuild/x", "Misc/NEWS.d/next/mine.txt"], [("error", "news")]),
        (GOOD, ["PCbuild/x", NEWS.replace("123", "9")], [("warning", "news")]),
        (GOOD, ["Doc/x.rst", "Lib/test/test_x.py"], []),
        ("# Build\n\nThis wants the label *skip news*.\n", ["PCbuild/x"], []),
    ],
    ids=["none", "misnamed", "of another issue", "documents and tests", "asked for"],
)
def test_news(text, paths, expected):
    assert said(text, patch(*paths))[0] == expected


def test_sign_off_and_size():
    more, signed = "sign_off = true", "Build\n\nSigned-off-by: P <PAUL@example.org>"
    by_default = {"preset": "default", "issue": None, "more": more}
    assert said(GOOD, patch("x"), **by_default)[0] == [("error", "sign-off")]
    assert said(GOOD, patch("x", message=signed), **by_default)[0] == []
    assert said(GOOD, patch("x", lines=501), preset="default")[0] == [("warning", "size")]


def test_a_template_that_is_wrong_is_said_once():
    files = {"series/templates/pull.md.j2": b"{{ nothing }}"}
    found, lines = said(GOOD, patch(NEWS), files=files)
    assert found == [("error", "template")]
    assert "series/templates/pull.md.j2:1" in lines


def test_a_stage_that_there_is_none_of():
    plan = parse_plan(PLAN.format(preset="default", issue="", more=""), "series.toml")
    with pytest.raises(UsageError, match="no stage"):
        lint(plan, {}, ["b"])


@given(st.text(max_size=80), st.sampled_from([None, "1", "#1", "gh-1", "bpo-1", "jira-1", "x"]))
def test_a_title_is_brought_into_form_once(title, issue):
    for rules in (CPYTHON, DEFAULT):
        once = titled(rules, title, issue)
        assert titled(rules, once, issue) == once
        assert once.endswith(title)
    assert titled(DEFAULT, title, issue) == title
    assert is_in_form(CPYTHON, titled(CPYTHON, "Build", "bpo-35926"))
