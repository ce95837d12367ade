"""What the landing pull request says, read as a forge would: with a parser of Markdown."""

from __future__ import annotations

import re

from hypothesis import given
from landing_facts import (
    BASE,
    BOTH,
    CANDIDATE,
    END,
    HEAD,
    OTHER,
    TIP,
    TREE,
    ZOE,
    hostile,
    intent,
    member,
    series,
)
from markdown_it import MarkdownIt

from stacker.forge.api import MergeMethod
from stacker.land.words.messages import revert_message, squash_message
from stacker.land.words.pulls import Landing, landing_body, revert_body
from stacker.series.templates.rendering import Templates
from stacker.submit.words.body import is_ours, with_block

MARKDOWN = MarkdownIt("commonmark").enable("table")
SQUASH = MergeMethod.SQUASH


def landing(members=BOTH, method=SQUASH, branch="master", name="final", **more):
    here = series(**more)
    return Landing(
        series=here, name=name, branch=branch, members=members, candidate=CANDIDATE, method=method
    )


def body(what, number=None):
    said = squash_message(what.series, what.name, what.members, [ZOE], END)
    return landing_body(what, said, number=number)


def tokens(text):
    """All of a text, what is inside lines too."""
    found = []
    for token in MARKDOWN.parse(text):
        found += [token, *(token.children or ())]
    return found


def test_it_says_what_lands_who_approved_what_and_where_to_press():
    said = body(landing(texts={"a": "# Update OpenSSL", "b": "# Use it"}))
    assert "Lands 2 parts of *Port* together in `master`" in said
    assert '**Press "Squash and merge" here, and on none of the parts.**' in said
    assert (
        f"| [#12](https://forge.example/up/proj/pull/12) | Update OpenSSL | {HEAD} "
        f"| zed at {HEAD} | {OTHER} | `{BASE}` |\n"
    ) in said
    assert f"on {BASE} make exactly the files of tree `{TREE}`" in said
    assert f"git rev-parse {TIP}^{{tree}}\n" in said
    blocks = [t.content for t in tokens(said) if t.type == "fence"]
    assert blocks[1] == "Port: final\n"
    assert blocks[2] == (
        "* Update OpenSSL (#12)\n* Use it (#13)\n\nCo-authored-by: Zoë <zoe@example.org>\n"
        "Stacker-Landing: tx\nStacker-Group: final\n"
    )


def test_once_it_has_a_number_the_title_has_it_too():
    what = landing(texts={"a": "# A", "b": "# B"}, preset="cpython")
    assert "```text\nPort: final (GH-20)\n```" in body(what, 20)


def test_another_button_has_no_message_to_paste():
    said = body(landing(method=MergeMethod.REBASE))
    assert '**Press "Rebase and merge" here' in said
    assert "Stacker-Landing" not in said
    assert '"Merge" here' in body(landing(method=None))


def test_what_others_write_around_it_stays():
    first, second = body(landing()), body(landing(), 20)
    theirs = f"{first}\n\n<!-- gh-issue-number: gh-1 -->\n* Issue: gh-1\n"
    now = with_block(theirs, second)
    assert now.startswith(second)
    assert now.endswith("\n* Issue: gh-1\n")
    assert is_ours(now, "port")


def test_without_approvals_and_pull_requests_it_says_so():
    said = body(landing([member("a", None, by=())]))
    assert f"| a | a | {HEAD} | - | {OTHER} |" in said
    assert "reviewed in a pull request of its own" in said


@given(hostile(), hostile(), hostile())
def test_nothing_from_outside_is_markup_or_leaves_its_place(title, name, who):
    texts = {"a": f"# {title}", "b": "# B"}
    evil = member("a", 12, by=(who, "zed"), url=f"https://forge.example/{title}")
    what = landing([evil, BOTH[1]], title=title, name=name, branch=name, texts=texts)
    said = body(what)
    seen = tokens(said)
    assert [t.content.strip() for t in seen if t.type.startswith("html")] == [
        said.split("\n")[0], "<!-- stacker:end -->",
    ]  # fmt: skip
    assert not [t for t in seen if t.type == "image"]
    links = {dict(t.attrs or {}).get("href") for t in seen if t.type == "link_open"}
    assert links <= {evil.pull.url, BOTH[1].pull.url}
    assert sum(t.type == "td_open" for t in seen) == 12
    assert sum(t.type == "fence" for t in seen) == 3
    assert sum(t.type == "paragraph_open" for t in seen) == 4
    shown = "".join(t.content for t in seen if t.type == "text")
    assert not re.search(r"@\w|://\w", re.sub(r"https://forge\.example\S*", "", shown))
    assert not any(char in said for char in "\x1b\x9b\u202e\u2066\x00")


@given(hostile(), hostile())
def test_so_it_is_with_a_revert(title, branch):
    message = revert_message(Templates(), title, [(TIP, title)], END)
    said = revert_body(Templates(), "port", title, intent(branch=branch, squash=True), message)
    assert said.split("\n")[1].startswith("This takes back the landing of #12, #13 (")
    assert '**Press "Squash and merge" here.**' in said
    seen = tokens(said)
    assert [t.content.strip() for t in seen if t.type.startswith("html")] == [
        said.split("\n")[0], "<!-- stacker:end -->",
    ]  # fmt: skip
    assert sum(t.type == "fence" for t in seen) == 2
    assert sum(t.type == "paragraph_open" for t in seen) == 3
    assert not [t for t in seen if t.type in {"image", "link_open"}]
