"""The messages of commits that a landing makes: whose words they are, and nobody else's."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from landing_facts import (
    BASE,
    BOTH,
    END,
    OTHER,
    PAUL,
    READ,
    TIP,
    ZOE,
    hostile,
    member,
    series,
)

from stacker.errors import TemplateFault
from stacker.git.credits import parted
from stacker.git.objects import Signature
from stacker.land.words.messages import (
    merge_message,
    revert_message,
    squash_message,
    stage_message,
)
from stacker.land.words.told import numbered
from stacker.land.words.trailers import revert_trailers
from stacker.series.plan.choices import Preset
from stacker.series.templates.rendering import Templates

TEXTS = {"a": "# Update OpenSSL\n\nTo 1.1.1b.", "b": "# Use it"}
CPYTHON = {"preset": "cpython", "issues": {"a": "bpo-35926", "b": "1234"}}


def squash(members=BOTH, authors=(PAUL, ZOE), **more):
    return squash_message(series(**{"texts": TEXTS} | more), "final", members, authors, END)


def test_one_commit_names_every_part_credits_everybody_and_ends_with_the_landing():
    assert squash().text() == (
        "Port: final\n\n* Update OpenSSL (#12)\n* Use it (#13)\n\n"
        "Co-authored-by: Paul <paul@example.org>\nCo-authored-by: Zoë <zoe@example.org>\n"
        "Stacker-Landing: tx\nStacker-Group: final\n"
    )


def test_cpython_puts_the_issue_before_and_gh_behind():
    said = squash(**CPYTHON)
    assert said.title == "bpo-35926: Port: final"
    assert "\n* gh-1234: Use it (GH-13)\n" in said.text()
    assert "Closes" not in said.text()
    alone = squash([member("b", 13)], **CPYTHON)
    assert numbered(Preset.CPYTHON, alone.title, 13) == "gh-1234: Use it (GH-13)"


def test_an_issue_that_stands_in_the_title_stays_one():
    assert squash(
        [member()], preset="cpython", texts={"a": "# gh-77: Fix gh-12, see #1"}
    ).title == ("gh-77: Fix gh-\u200d12, see #\u200d1")


def test_an_issue_is_closed_by_the_last_stage_that_belongs_to_it():
    issues = {"a": "#7", "b": "gh-8", "c": "8", "d": "7", "e": "bpo-9"}
    assert "\n\nCloses #7\n\nCo-" in squash(issues=issues, landed="d").body
    assert "#8" not in squash(issues=issues, landed="d").body
    assert "Closes #8" in squash(issues=issues, landed="cd").body
    assert "Closes #7" not in squash(issues=issues).body
    assert "Closes" not in squash([member("e")], issues=issues).body


def test_a_merge_is_called_by_the_series_and_the_group():
    said = merge_message(series(texts=TEXTS, issues={"a": "7"}), "final", BOTH, END)
    assert said.text() == (
        "Merge port: final\n\n* Update OpenSSL (#12)\n* Use it (#13)\n\nCloses #7\n\n"
        "Stacker-Landing: tx\nStacker-Group: final\n"
    )


def test_a_stage_as_one_commit_says_what_its_pull_request_says():
    said = stage_message(series(texts=TEXTS), member(), [PAUL, ZOE])
    assert said.text() == (
        "Update OpenSSL (#12)\n\nTo 1.1.1b.\n\nCo-authored-by: Zoë <zoe@example.org>\n"
    )
    assert stage_message(series(texts=TEXTS), member("b", None), [PAUL]).text() == "Use it\n"


def test_a_revert_names_all_that_landed_and_the_landing():
    taken = [(TIP, "Use it"), (OTHER, "Update OpenSSL (#12)")]
    said = revert_message(Templates(), "port: final", taken, revert_trailers("tx", BASE, "tx0"))
    assert said.text() == (
        f'Revert "port: final"\n\nThis reverts commit {TIP} (Use it).\n'
        f"This reverts commit {OTHER} (Update OpenSSL (#\u200d12)).\n\n"
        f"Stacker-Landing: tx\nStacker-Base: {BASE}\nStacker-Commits: 1\nStacker-Revert: tx0\n"
    )
    assert not any("Revert" in line for line in revert_trailers("tx", BASE, None))


@given(hostile(), hostile(), hostile())
def test_nobody_else_speaks(title, text, name):
    """Of titles, texts, series, groups and people none closes, calls, or ends as a trailer."""
    texts = {"a": f"# {title}\n\n{text}", "b": "# Use it"}
    who = Signature(name.encode("utf-8", "replace"), b"e@example.org", b"1 +0000")
    here = series(
        title=title, texts={k: v.encode("utf-8", "replace").decode() for k, v in texts.items()}
    )
    ours = r" \(#1[23]\)|<e@example\.org>|^Stacker-(Landing: tx|Group: final|Revert: tx)$"
    for said in (
        squash_message(here, name, BOTH, [who], END),
        merge_message(here, name, BOTH, END),
        stage_message(here, BOTH[0], [PAUL, who]),
        revert_message(Templates(), title, [(TIP, text)], END),
    ):
        whole = said.text()
        assert not READ.search(re.sub(ours, "", whole, flags=re.MULTILINE))
        assert "\n" not in said.title
        ends = parted(whole.encode())[1].decode().splitlines()
        known = re.compile(
            r"Co-authored-by: [^<>]*<e@example\.org>|Stacker-(Landing|Group|Revert): "
        )
        assert ends, whole
        assert all(known.match(line) for line in ends), ends


@pytest.mark.parametrize("preset", ["default", "cpython"])
def test_a_series_has_its_own_words_and_no_trailers_of_ours(preset):
    mine = "Mine: {{ title }}\n\n{{ parts|join('; ') }}\n\nStacker-Landing: forged\nSigned: x"
    said = squash(preset=preset, templates={"squash.txt.j2": mine})
    assert said.title == "Mine: Port: final"
    assert "\nStacker\u200d-Landing: forged\n" in said.text()
    assert parted(said.text().encode())[1].count(b"Stacker-Landing: ") == 1


def test_it_may_keep_all_but_a_part_of_the_text():
    mine = '{% extends "cpython/stage.txt.j2" %}{% block text %}Hello.\n{% endblock %}'
    here = series(texts=TEXTS, templates={"stage.txt.j2": mine})
    assert stage_message(here, member(), [PAUL]).text() == "Update OpenSSL (#12)\n\nHello.\n"


def test_a_template_that_is_wrong_is_told_with_its_line():
    with pytest.raises(TemplateFault, match=r"series/templates/squash.txt.j2:2: 'nothing' is und"):
        squash(templates={"squash.txt.j2": "fine\n{{ nothing }}"})


def test_a_template_that_says_nothing_leaves_the_title_that_we_know():
    assert squash(templates={"squash.txt.j2": "\n \n"}).title == "Port: final"
