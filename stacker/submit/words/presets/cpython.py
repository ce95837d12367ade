"""CPython, as its developer's guide has it and its bots hold it.

Its bots look for an issue in the title and for a NEWS entry among the files. A core developer
squashes: title and text become the commit, with ` (GH-123456)` behind the title. Labels are set
by the triage team alone. That nobody pushes by force is a rule of the plan.
"""

from __future__ import annotations

from stacker.submit.words.presets.rules import News, Rules

CPYTHON = Rules(
    issues=("gh", "bpo"),
    longest_title=72 - len(" (GH-123456)"),
    squashed=True,
    news=News(
        path=(
            r"Misc/NEWS\.d/next/[^/]+/\d{4}-\d{2}-\d{2}(?:-\d{2}-\d{2}-\d{2})?"
            r"\.(?:bpo|gh-issue)-(?P<issue>\d+(?:,\d+)*)\.[A-Za-z0-9_=-]+\.rst"
        ),
        folder="Misc/NEWS.d/",
        example="Misc/NEWS.d/next/SECTION/DATE.gh-issue-NNNN.NONCE.rst",
        not_for=r"Doc/|(?:.*/)?tests?/|\.github/|Misc/ACKS$",
        skip="skip news",
    ),
)
