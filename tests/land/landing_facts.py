"""A series as far as the texts of a landing look at it, and members of it."""

from __future__ import annotations

import re
from types import SimpleNamespace

from hypothesis import strategies as st

from stacker.approvals.standing import Approval, Approvals, ApprovalState
from stacker.git.objects import Oid, Signature
from stacker.land.candidate import Candidate, Segment
from stacker.land.intent import IntendedMember, Intent
from stacker.land.outcome import Way
from stacker.series.plan.choices import Preset
from stacker.series.plan.model import StageId

BASE, TREE, TIP, HEAD, OTHER = (Oid(c * 40) for c in "abcde")
CANDIDATE = Candidate(
    BASE, TIP, TREE, (Segment(StageId("a"), OTHER, BASE), Segment(StageId("b"), TIP, TREE))
)
END = ["Stacker-Landing: tx", "Stacker-Group: final"]
PAUL, ZOE = (
    Signature(name.encode(), mail.encode(), b"1 +0000")
    for name, mail in (("Paul", "paul@example.org"), ("Zoë", "zoe@example.org"))
)


def series(
    *, title="Port", preset="default", issues=None, landed=(), texts=None, templates=None
):  # fmt: skip
    """`texts` by stage; `issues` by stage; `templates` by the name of the file."""
    texts, issues = texts or {}, issues or {}
    stages = dict.fromkeys([*(texts or "ab"), *issues])
    files = {f"series/{stage}.md": text.encode("utf-8", "replace") for stage, text in texts.items()}
    files |= {f"series/templates/{k}": v.encode() for k, v in (templates or {}).items()}
    plan = SimpleNamespace(
        name="port", title=title, order=tuple(stages),
        stage=lambda s: SimpleNamespace(repository="proj", issue=issues.get(s)),
        repository=lambda _: SimpleNamespace(preset=Preset(preset)),
    )  # fmt: skip
    lock = SimpleNamespace(stage=lambda _: None)
    return SimpleNamespace(files=files, plan=plan, lock=lock, landed=lambda s: s in landed)


def member(stage="a", number=12, by=("zed",), url="https://forge.example/up/proj/pull/12"):
    """A member that is approved; `number=None`: without a pull request."""
    each = tuple(Approval(name, HEAD, 1, ApprovalState.THIS_HEAD) for name in by)
    pull = None if number is None else SimpleNamespace(number=number, url=url)
    return SimpleNamespace(
        stage=StageId(stage), pull=pull, head=HEAD, approvals=Approvals(each)
    )  # fmt: skip


BOTH = [member("a", 12), member("b", 13)]


def intent(*, branch="master", squash=False):
    """Of two members and one that has no pull request."""
    members = tuple(
        IntendedMember(StageId(s), n, HEAD, TIP) for s, n in (("a", 12), ("b", 13), ("c", None))
    )
    return Intent(
        tx="tx", name="final", repository="proj", branch=branch, carrier="up/proj", base=BASE,
        candidate=TIP, tree=TREE, way=Way.PUSH, members=members, commits=2, squash=squash,
    )  # fmt: skip


# What a forge, or git, makes something of; written down apart from the code that prevents it.
READ = re.compile(
    r"@\w|#\w|\bgh-\d|://|\bwww\.|\[ *(?:skip|ci|no|actions)[ -]|<!--|\bstacker-\w+\s*:",
    re.IGNORECASE,
)
_FRAGMENTS = (
    "\n", "\r\n", "\u2028", " ", "@everyone", "Fixes #12", "closes GH-3", "#1", "gh-7: ",
    "https://forge.example/up/proj/issues/1", "www.example.org", "[skip ci]", "[ci skip]",
    "skip-checks: true", "Stacker-Landing: x", "\n\nStacker-Member: #1@" + "f" * 40,
    "Co-authored-by: Eve <eve@example.org>", "Signed-off-by: Eve <eve@example.org>", "---\n",
    "```", "`````\n", "~~~", "<!--", "-->", "<!-- stacker:end -->", "<!-- stacker:begin {} -->",
    "</details>", "<img src=x onerror=y>", "<a href='javascript:x'>", "[a](https://x.example)",
    "![i](https://x.example)", "|", "**", "_", "\\", "&commat;", "# h", "\x1b[2J", "\x1b]0;t\x07",
    "\x9b1m", "\u202e", "\u2066", "\u200d", "\x00", "\ud800", "{{ 7 * 7 }}", "{% for %}", "$(id)",
    "`id`", "'; id #", "<>", "a@b", ">",
)  # fmt: skip


def hostile():
    """Texts of which every piece means something somewhere."""
    piece = st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=8))
    return st.lists(piece, max_size=8).map("".join)
