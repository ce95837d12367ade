from __future__ import annotations

import pytest

from stacker.errors import ExitCode
from stacker.render.schemas.documents import NAMES, schema_of
from stacker.series.plan.keys import KEYS
from stacker.topics.reading import TOPICS, page


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_fits_an_old_console(topic):
    text = page(topic)
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_every_key_of_the_plan_is_there():
    text = page("series.toml")
    keys = [name for table in KEYS.values() for name in table]
    assert [
        name for name in keys if f"  {name} = " not in text and f"  {name}* = " not in text
    ] == []


def test_every_exit_code_is_there():
    text = page("exit-codes")
    assert [code for code in ExitCode if f"{code.value:>5}  " not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_has_an_address_with_its_number(name):
    assert schema_of(name)["$id"] == f"urn:stacker:json:{name}:1"
