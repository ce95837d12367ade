from __future__ import annotations

from stacker.doctor.finding import ok, problem, warning
from stacker.render.doctor import doctor_document, doctor_text

FOUND = (ok("git", "2.39"), warning("store", "none", "Run this.\nOr that."), problem("lock", "bad"))


def test_each_finding_with_what_to_do_below():
    assert doctor_text(FOUND).splitlines() == [
        "ok       git    2.39",
        "warning  store  none",
        "                Run this.",
        "                Or that.",
        "problem  lock   bad",
        "1 problem, 1 warning",
    ]


def test_nothing_to_do():
    assert doctor_text(FOUND[:1]).endswith("Everything is in place.")


def test_the_document():
    assert doctor_document(FOUND[1:2]) == {
        "checks": [
            {"name": "store", "state": "warning", "message": "none", "hint": "Run this.\nOr that."}
        ]
    }
