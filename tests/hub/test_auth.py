"""The ways in which GitHub takes a token."""

from __future__ import annotations

from base64 import b64encode

import pytest

from stacker.hub.auth import who
from stacker.hub.call import Refusal

TOKENS = {"secret": "Zooba", "other": "guido"}


def basic(name, token):
    return "Basic " + b64encode(f"{name}:{token}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "login"),
    [
        (None, None),
        ("token secret", "Zooba"),
        ("Bearer secret", "Zooba"),
        (basic("x-access-token", "secret"), "Zooba"),
        (basic("zooba", "secret"), "Zooba"),
    ],
)
def test_a_known_token_says_who_asks(header, login):
    assert who(TOKENS, header) == login


@pytest.mark.parametrize(
    "header",
    ["token wrong", "Bearer ", "Digest x", "Basic ???", basic("guido", "secret"), basic("a", "é")],
)
def test_any_other_is_refused(header):
    with pytest.raises(Refusal, match="Bad credentials") as caught:
        who(TOKENS, header)
    assert caught.value.status == 401
