"""The judge of the hub's answers finds what is wrong with one."""

from __future__ import annotations

import json

import contract
import pytest

from stacker.hub.rest.routes import ROUTES, creates_content

HEADERS = dict.fromkeys(contract._headers(200), "1")
MERGE = "/api/v3/repos/o/r/pulls/1/merge"
MERGED = {"sha": "a" * 40, "merged": True, "message": "Done"}
REFUSED = {"message": "No.", "documentation_url": "https://docs.github.com/rest"}
FIELD = {"resource": "PullRequest", "field": "base", "code": "invalid"}


def broken(document, *, status=200, method="PUT", path=MERGE, headers=HEADERS):
    body = b"" if document is None else json.dumps(document).encode()
    return contract.broken(method, path, status, headers, body)


@pytest.mark.parametrize(
    ("document", "how"),
    [
        (MERGED, {}),
        (REFUSED | {"status": "405"}, {"status": 405}),
        (REFUSED | {"status": "422", "errors": [FIELD]}, {"status": 422}),
        (REFUSED | {"status": "401"}, {"status": 401}),
        (REFUSED | {"status": "404"}, {"status": 404, "path": "/api/v3/nothing"}),
        (None, {"status": 204, "method": "GET"}),
        (None, {"status": 304, "method": "GET", "path": "/api/v3/user"}),
    ],
)
def test_what_github_might_have_said(document, how):
    assert broken(document, **how) == []


@pytest.mark.parametrize(
    ("document", "how", "said"),
    [
        (MERGED | {"merged": "yes"}, {}, "merged: Input should be a valid boolean"),
        (MERGED | {"more": 1}, {}, "more: Extra inputs are not permitted"),
        ({"merged": True, "message": "Done"}, {}, "sha: Field required"),
        (MERGED, {"headers": {}}, "no header x-github-request-id"),
        (MERGED, {"status": 204}, "there is a body"),
        (REFUSED | {"status": "404"}, {"status": 405}, "the body has another status"),
        (REFUSED | {"status": "422", "errors": ["No."]}, {"status": 422}, "errors."),
        (REFUSED | {"status": "500"}, {"status": 500}, "the hub broke down"),
        (MERGED, {"path": "/api/v3/nothing"}, "200 where nothing is"),
    ],
)
def test_what_github_would_not_say(document, how, said):
    assert any(each.startswith(said) for each in broken(document, **how))


def test_every_route_of_the_hub_is_one_of_githubs():
    assert contract.operation_of("GET", "/api/v3/repos/<owner>/<repo>/nothing") is None
    for rule in ROUTES.iter_rules():
        for verb in rule.methods - {"HEAD"}:
            assert contract.operation_of(verb, rule.rule), f"{verb} {rule.rule}"


def test_content_is_created_where_github_warns_of_its_secondary_limit():
    for rule in ROUTES.iter_rules():
        for verb in rule.methods - {"HEAD"}:
            told = "secondary rate limiting" in contract.operation_of(verb, rule.rule).said
            assert creates_content(rule.endpoint) is told, f"{verb} {rule.rule}"
