"""What the headers of an answer tell of a token."""

from __future__ import annotations

import pytest

from stacker.forge.api import Identity
from stacker.forge.rights import identity_of


@pytest.mark.parametrize(
    ("headers", "scopes", "expires"),
    [
        ({"x-oauth-scopes": "public_repo, workflow"}, {"public_repo", "workflow"}, ""),
        ({"x-oauth-scopes": ""}, set(), ""),
        ({}, None, ""),
        (
            {"github-authentication-token-expiration": "2026-12-31 23:00:00 UTC"},
            None,
            "2026-12-31",
        ),
        ({"github-authentication-token-expiration": "soon"}, None, "soon"),
    ],
)
def test_the_kind_of_a_token(headers, scopes, expires):
    wanted = None if scopes is None else frozenset(scopes)
    assert identity_of(headers, "me") == Identity("me", wanted, expires)
