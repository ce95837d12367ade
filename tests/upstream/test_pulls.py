"""The number of a commit's pull request, as projects write it."""

from __future__ import annotations

import pytest

from stacker.upstream.pulls import pull_of


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("bpo-35947: Update libffi (GH-11797)", 11797),
        ("bpo-36071: Add ARM (gh-12059)\n", 12059),
        ("Fix it (#77)\n\nCloses #3", 77),
        ('Revert "Fix it (#77)" (#80)', 80),
        ("[3.7] bpo-35926: OpenSSL (GH-11779) (GH-13350)", 13350),
        ("Merge pull request #12 from x/side\n\nTopic (#11)", 12),
        ("Auto merge of #61437 - user:branch, r=somebody", 61437),
        ("Rollup merge of #98 - a:b, r=c", 98),
        ("Merge #4521", 4521),
        ("Merged in topic (pull request #9)", 9),
        ("src: fix\n\nPR-URL: https://github.com/nodejs/node/pull/26973\nReviewed-By: X", 26973),
        ("x\n\nPull Request resolved: https://github.com/pytorch/pytorch/pull/1234", 1234),
        ("net: fix\n\nFixes #1\nGitHub-Pull-Request: golang/go#2345", 2345),
        ("x\n\nPull-Request: #5", 5),
        ("Merge branch 'a' into 'main'\n\nSee merge request group/project!42", 42),
        ("[SPARK-1] x\n\nCloses #24043 from a/b.\n\nAuthored-by: a", 24043),
        ("x\n\nThis closes #8", 8),
        ("x\n\nCloses: https://github.com/o/r/pull/31", 31),
        ("x\n\nPR-URL: https://f/o/r/pull/1 is quoted\n\nPR-URL: https://f/o/r/pull/2", 2),
        ("Fix issue #12 in the parser", None),
        ("x\n\nFixes #12\nSee https://github.com/o/r/pull/7 for more", None),
        ("Merge tag 'v3.1' into next", None),
        ("(#12345678901234567890)", None),
        ("", None),
    ],
)
def test_the_number(message, number):
    assert pull_of(message) == number
