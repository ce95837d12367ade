"""land-together: a check that keeps pull requests of one group from being merged one by one.

It runs as a GitHub Action from the branch it protects, never from a pull request, and needs nothing
but Python's standard library. It reads one file of that branch:

    # .github/land-together.toml
    [win-arm32]                      # any name: pull requests that land together or not at all
    pulls = [11825, 12059, 11774]

and sets one commit status, `land-together`, on the head of the pull request that something happened
to, and on those of the others in its group:

- a pull request in no group passes, after one question to the API;
- a member fails while another member has not been merged, and the status names the others;
- the landing pull request, which brings the whole group in at once, passes if the commit at its
  head names every member with the head that it has now;
- if the file cannot be read, whatever has the label fails, and all else passes.

Environment: GITHUB_TOKEN (`pull-requests: read`, `statuses: write`; for a private repository also
`contents: read`), LAND_TOGETHER_BRANCH, LAND_TOGETHER_LABEL, and what Actions sets.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

CONTEXT = "land-together"
FILE = ".github/land-together.toml"
LANDING = "stacker-landing/"  # how branches of landing pull requests begin
MEMBER = re.compile(r"Stacker-Member: #([1-9][0-9]{0,9})@([0-9a-f]{40,64})")
LONGEST = 140  # characters of a status's description


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the API and nowhere else."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow none."""


class Api:
    """The one repository that this runs for."""

    def __init__(self, url: str, repository: str, token: str) -> None:
        local = urllib.parse.urlsplit(url).hostname in {"127.0.0.1", "localhost"}
        if not url.startswith("https://") and not local:
            sys.exit(f"{url} is no https address: the token is not sent there")
        self._base = f"{url.rstrip('/')}/repos/{repository}"
        self._token = token
        # No proxy and no redirect gets the token.
        self._open = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({})).open

    def ask(self, path: str, body: dict[str, str] | None = None) -> Any:
        """The answer to one question, or to one change if there is a `body`."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data)
        request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        with self._open(request, timeout=30) as answer:
            return json.load(answer)

    def groups(self, branch: str) -> dict[str, list[int]]:
        """The groups by name, as the file on `branch` has them; an exception if it says none."""
        found = self.ask(f"/contents/{FILE}?ref={urllib.parse.quote(branch, safe='')}")
        text = base64.b64decode(found["content"]).decode()
        groups = {}
        for name, table in tomllib.loads(text).items():
            pulls = table["pulls"]
            if not pulls or not all(type(n) is int and n > 0 for n in pulls):
                raise ValueError(f"[{name}] has no pull requests")
            groups[name] = sorted(set(pulls))
        numbers = [number for pulls in groups.values() for number in pulls]
        if len(numbers) != len(set(numbers)):
            raise ValueError("a pull request is in two groups")
        return groups

    def pull(self, number: int) -> Any:
        """One pull request as it is now."""
        return self.ask(f"/pulls/{number}")

    def report(self, sha: str, passes: bool, text: str) -> None:
        """Say it about one commit; it says nothing of any other head."""
        state = "success" if passes else "failure"
        body = {"context": CONTEXT, "state": state, "description": text[:LONGEST]}
        self.ask(f"/statuses/{sha}", body)
        print(f"{sha[:10]} {state}: {text}")


def main() -> int:
    """Judge what the event is about."""
    api = Api(os.environ["GITHUB_API_URL"], os.environ["GITHUB_REPOSITORY"],
              os.environ["GITHUB_TOKEN"])  # fmt: skip
    with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        pull = json.load(file).get("pull_request")
    try:
        groups = api.groups(os.environ["LAND_TOGETHER_BRANCH"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
        return without_file(api, pull, why)
    if pull is None:  # the branch moved, or somebody asked for it: everything is judged anew
        for pulls in groups.values():
            judge_group(api, pulls)
        return 0
    mine = next((pulls for pulls in groups.values() if pull["number"] in pulls), None)
    if mine is not None:
        judge_group(api, mine)
    elif pull["head"]["ref"].startswith(LANDING):
        api.report(pull["head"]["sha"], *judge_landing(api, groups, pull["head"]["sha"]))
    elif pull["state"] == "open":
        labelled = has_label(pull)
        text = f"Labelled, and in no group of {FILE}" if labelled else "In no group"
        api.report(pull["head"]["sha"], not labelled, text)
    return 0


def without_file(api: Api, pull: Any, why: Exception) -> int:
    """What a label says has to wait for the file; all else passes, and is told why."""
    print(f"{FILE} cannot be read: {type(why).__name__}: {why}")
    if pull is not None and pull["state"] == "open":
        labelled = has_label(pull)
        end = "closed for what is labelled" if labelled else "not labelled"
        api.report(pull["head"]["sha"], not labelled, f"{FILE} cannot be read: {end}")
    return 0 if pull is not None else 1


def has_label(pull: Any) -> bool:
    """Only those who may triage can set labels."""
    return os.environ.get("LAND_TOGETHER_LABEL", CONTEXT) in {
        label["name"] for label in pull.get("labels", ())
    }


def judge_group(api: Api, numbers: list[int]) -> None:
    """Say of each open member whether it may be merged: not while another one has not been."""
    pulls = {number: api.pull(number) for number in numbers}
    left = [number for number, pull in pulls.items() if not pull["merged"]]
    for number in left:
        if pulls[number]["state"] != "open":
            continue
        others = [f"#{other}" for other in left if other != number]
        text = "The others have landed"
        if others:
            text = f"Lands only together with {', '.join(others)}"
        if others and len(left) < len(numbers):
            text += "; others were merged alone: frozen"
        api.report(pulls[number]["head"]["sha"], not others, text)


def judge_landing(api: Api, groups: dict[str, list[int]], sha: str) -> tuple[bool, str]:
    """Whether this commit brings in all that is left of one group, each as it is now."""
    message = api.ask(f"/commits/{sha}")["commit"]["message"]
    named = {int(number): head for number, head in MEMBER.findall(message)}
    for pulls in groups.values():
        if not named.keys() & set(pulls):
            continue
        now = {number: api.pull(number) for number in pulls}
        left = {n: pull["head"]["sha"] for n, pull in now.items() if not pull["merged"]}
        if named == left:
            return True, "Holds the whole group"
        wrong = [f"#{n}" for n in sorted({*named, *left}) if named.get(n) != left.get(n)]
        return False, f"Is not the whole group as it is now: {', '.join(wrong)}"
    return False, "Is called like a landing, and names no member of a group"


if __name__ == "__main__":
    sys.exit(main())
