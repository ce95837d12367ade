"""A page that shows something else than what comes is caught."""

from __future__ import annotations

import pytest
from told import Ids, steps

PAGE = """\
```console
$ one 'a
>
> b'
$ two
done in 3 s
```
"""


def test_commands_and_what_they_show():
    first, second = steps(PAGE)
    assert (first.command, first.shown) == ("one 'a\n\nb'\n", "")
    assert (second.command, second.shown) == ("two\n", "done in 3 s\n")
    assert PAGE[slice(*second.span)] == second.shown


@pytest.mark.parametrize(
    ("shown", "came", "same"),
    [
        ("done in 3 s, 2026-12-01", "done in 14 s, 2027-01-31", True),
        ("main 1a2b3c4 is 1a2b3c4d5e", "main 9f8e7d6 is 9f8e7d6c5b", True),
        ("main 1a2b3c4 is 1a2b3c4d5e", "main 9f8e7d6 is 0f8e7d6c5b", False),
        ("main 1a2b3c4", "main 9f8e7d6c5b", False),
        ("2 of 3 fit", "3 of 3 fit", False),
        ("one", "one\ntwo", False),
    ],
)
def test_only_ids_dates_and_seconds_may_differ(shown, came, same):
    assert (Ids().differ(shown, came) is None) is same
