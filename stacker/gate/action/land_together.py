"""land-together: a check that keeps pull requests of one group from being merged one by one.

It runs as a GitHub Action from the branch it protects, never from a pull request, and needs nothing
but Python's standard library. It reads one file of that branch:

    # .github/land-together.toml
    [win-arm32]                                  # any name: what lands together or not at all
    pulls   = [11825, 12059, 11774]
    landing = "stacker-landing/main/win-arm32"   # optional: the landing pull request's branch
    fork    = "paulmon/cpython"                  # optional: where it may be, beside this repository

and sets one commit status, `land-together`, on the head of the pull request that something happened
to, and on those of the others in its group:

- a pull request in no group passes, unless it holds commits of a group's members;
- a member fails while another member has not been merged, and the status names the others;
- the landing pull request, which brings the whole group in at once, passes if the commit at its
  head names every member with the head that this has now;
- if the file is not there or makes no sense, whatever has the label fails, and all else passes.

If anything else cannot be read, it sets nothing and fails: what is missing has not passed.

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
from typing import Any, NamedTuple

CONTEXT = "land-together"
FILE = ".github/land-together.toml"
LANDING = "stacker-landing/"  # how branches of landing pull requests begin
MEMBER = re.compile(r"Stacker-Member: #([1-9][0-9]{0,9})@([0-9a-f]{40,64})")
PLAIN, LABELLED = "In no group", f"Labelled, and in no group of {FILE}"
LONGEST = 140  # characters of a status's description
MOST_COMMITS = 250  # of a pull request are shown by GitHub
MOST_PULLS = 100  # in all groups: they are asked for at once


class Group(NamedTuple):
    """Pull requests that land together; from which branch, if only one, and which fork, if any."""

    pulls: tuple[int, ...]
    landing: str
    fork: str


class Pull(NamedTuple):
    """A pull request as it is now."""

    number: int
    state: str  # OPEN, CLOSED, MERGED
    head: str
    branch: str
    repository: str  # that the head is in
    base: str
    labels: frozenset[str]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the API and nowhere else."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow none."""


class Api:
    """The one repository and branch that this runs for."""

    def __init__(self, url: str, graph: str, repository: str, branch: str, token: str) -> None:
        address = urllib.parse.urlsplit(url)
        safe = address.scheme == "https" or address.hostname in {"127.0.0.1", "localhost"}
        if not safe or urllib.parse.urlsplit(graph)[:2] != address[:2]:
            sys.exit(f"not both of one https server: {url} {graph}; the token is not sent there")
        self.repository, self.branch = repository, branch
        self._base, self._graph = f"{url.rstrip('/')}/repos/{repository}", graph
        self._token = token.strip()
        # No proxy and no redirect gets the token.
        self._open = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({})).open

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer to one question, or to one change if there is a `body`."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path if path else self._graph, data)
        request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Accept", "application/vnd.github+json")
        request.add_header("X-GitHub-Api-Version", "2022-11-28")
        with self._open(request, timeout=30) as answer:
            return json.load(answer)

    def file(self) -> bytes | None:
        """The groups' file; None if the branch, which can be read, has no such small one."""
        try:
            found = self.ask(f"/contents/{FILE}?ref={quoted(f'refs/heads/{self.branch}')}")
        except urllib.error.HTTPError as refused:
            if refused.code != 404:
                raise
            # GitHub says 404 of what a token may not read, too; then this fails.
            self.ask(f"/branches/{quoted(self.branch)}")
            return None
        return base64.b64decode(found["content"]) if found["encoding"] == "base64" else None

    def pulls(self, numbers: set[int]) -> dict[int, Pull]:
        """Pull requests by number, all read in the same instant; what is none is not there."""
        owner, _, name = self.repository.partition("/")
        asked = " ".join(f"p{n}: pullRequest(number: {n}) {{ ...facts }}" for n in sorted(numbers))
        query = (
            "fragment facts on PullRequest { number state headRefOid headRefName baseRefName"
            " headRepository { nameWithOwner } labels(first: 100) { nodes { name } } } "
            "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name)"
            f" {{ {asked} }} }}"
        )
        answer = self.ask("", {"query": query, "variables": {"owner": owner, "name": name}})
        if any(error.get("type") != "NOT_FOUND" for error in answer.get("errors", ())):
            raise ValueError("the API did not tell of the pull requests")
        found = answer["data"]["repository"].values()
        return {one["number"]: as_now(one) for one in found if one is not None}

    def commits(self, number: int) -> dict[str, str]:
        """The commits of a pull request: their messages by id."""
        found: dict[str, str] = {}
        for page in (1, 2, 3):
            part = self.ask(f"/pulls/{number}/commits?per_page=100&page={page}")
            found |= {each["sha"]: each["commit"]["message"] for each in part}
            if len(part) < 100:
                break
        return found

    def landings(self, group: Group) -> set[int]:
        """The open pull requests whose heads are the group's landing branch."""
        homes = {self.repository, group.fork} - {""} if group.landing else set()
        heads = {quoted(f"{home.partition('/')[0]}:{group.landing}") for home in homes}
        where = f"/pulls?state=open&base={quoted(self.branch)}&head="
        return {one["number"] for head in heads for one in self.ask(where + head)}

    def report(self, sha: str, passes: bool, text: str) -> None:
        """Say it about one commit, and of no other head, unless it was said last."""
        state = "success" if passes else "failure"
        text = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
        if text != PLAIN:  # which is told without asking; GitHub takes a thousand for one commit
            said = self.ask(f"/commits/{sha}/status?per_page=100")["statuses"]
            last = {one["context"]: (one["state"], one["description"]) for one in said}
            if last.get(CONTEXT) == (state, text):
                return
        self.ask(f"/statuses/{sha}", {"context": CONTEXT, "state": state, "description": text})
        print(f"{sha[:10]} {state}: {text}")


def quoted(text: str) -> str:
    """As a part of an address."""
    return urllib.parse.quote(text, safe="")


def as_now(one: Any) -> Pull:
    """A pull request as GraphQL tells it."""
    home = one["headRepository"]
    return Pull(
        one["number"], one["state"], one["headRefOid"], one["headRefName"],
        home["nameWithOwner"] if home else "", one["baseRefName"],
        frozenset(label["name"] for label in one["labels"]["nodes"]),
    )  # fmt: skip


def groups_in(raw: bytes | None) -> list[Group]:
    """What the file says; an exception if it makes no sense."""
    if raw is None:
        raise ValueError("there is none")
    groups = []
    for name, table in tomllib.loads(raw.decode()).items():
        words = [table[key] for key in table.keys() - {"pulls"}]
        if not all(isinstance(word, str) for word in words):
            raise TypeError(f"[{name}] has a branch or a fork that is no text")
        group = Group(**{"landing": "", "fork": ""} | table | {"pulls": tuple(table["pulls"])})
        if not group.pulls or not all(type(n) is int and 0 < n < 10**9 for n in group.pulls):
            raise ValueError(f"[{name}] has no pull requests")
        groups.append(group)
    numbers = [number for group in groups for number in group.pulls]
    if len(numbers) != len(set(numbers)) or len(numbers) > MOST_PULLS:
        raise ValueError(f"a pull request is there twice, or there are more than {MOST_PULLS}")
    return groups


def main() -> int:
    """Judge what the event is about."""
    env = os.environ
    api = Api(
        env["GITHUB_API_URL"], env["GITHUB_GRAPHQL_URL"], env["GITHUB_REPOSITORY"],
        env["LAND_TOGETHER_BRANCH"], env["GITHUB_TOKEN"],
    )  # fmt: skip
    with open(env["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        pull = json.load(file).get("pull_request")
    raw, problem, groups = api.file(), "", []
    try:
        groups = groups_in(raw)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        problem = f"{FILE} cannot be read: "
        print(ascii(f"{problem}{type(why).__name__}: {why}"))  # as no command to Actions
    if groups:
        return judge(api, groups, None if pull is None else pull["number"])
    if pull is not None and pull["state"] == "open":
        passes, text = judge_other({label["name"] for label in pull["labels"]}, problem)
        api.report(pull["head"]["sha"], passes, text)
    return 1 if problem and pull is None else 0


def judge(api: Api, groups: list[Group], number: int | None) -> int:
    """Judge one pull request, with all of its group; without a number, all groups."""
    listed = {n for group in groups for n in group.pulls}
    mine = [group for group in groups if number is None or number in group.pulls]
    for _ in range(3):  # somebody may push while statuses are set; not for ever
        about = {n for group in mine for n in (*group.pulls, *api.landings(group))}
        about |= set() if number is None else {number}
        now = api.pulls(about | listed)
        judged = [now[n] for n in sorted(about & now.keys()) if now[n].state == "OPEN"]
        words = [(*word(api, groups, now, pull), pull.head) for pull in judged]
        for passes, text, head in sorted(words):  # what fails comes first
            api.report(head, passes, text)
        if all(text == PLAIN for _, text, _ in words) or now == api.pulls(about | listed):
            return 0
    print("Heads move all the time; run this again.")
    return 1


def word(api: Api, groups: list[Group], now: dict[int, Pull], pull: Pull) -> tuple[bool, str]:
    """Whether an open pull request may be merged, and why."""
    listed = [n for group in groups for n in group.pulls]
    merged = {n for n, one in now.items() if (one.state, one.base) == ("MERGED", api.branch)}
    left = {n: now[n].head if n in now else "" for n in listed if n not in merged}
    for group in groups:
        others = [n for n in group.pulls if n in left and n != pull.number]
        if pull.number in group.pulls and others:
            end = "; others were merged alone: frozen" if merged & set(group.pulls) else ""
            return False, f"Lands only together with {names(others)}{end}"
    # A status is of a commit: what has the head of a member must not open that.
    same = [n for n, head in left.items() if head == pull.head and n != pull.number]
    if same:
        return False, f"Has the head of {names(same)}, which may not be merged alone"
    if pull.number in listed:
        return True, "The others have landed"
    commits = api.commits(pull.number)
    brought = members_named(commits.get(pull.head, ""))
    for group in groups:
        if pull.branch == group.landing or brought.keys() & set(group.pulls):
            return judge_landing(api, group, left, pull, brought)
    held = [n for n, head in left.items() if head in commits]
    if held:
        return False, f"Holds commits of {names(held)}, which may not be merged alone"
    if len(commits) >= MOST_COMMITS or pull.head not in commits:
        return False, "Cannot be seen whole: it may hold commits of what lands together"
    return judge_other(pull.labels, "")


def members_named(message: str) -> dict[int, str]:
    """The pull requests that a landing's last paragraph names, with their heads."""
    lines = message.rstrip().rpartition("\n\n")[2].split("\n")
    return {int(found[1]): found[2] for line in lines if (found := MEMBER.fullmatch(line))}


def judge_landing(
    api: Api, group: Group, left: dict[int, str], pull: Pull, brought: dict[int, str]
) -> tuple[bool, str]:
    """Whether it brings in all that is left of the group, each as it is now, from its own branch.

    Only who may write to this repository, or to the fork that the file names, has such a branch.
    """
    branch = pull.branch.startswith(LANDING) and group.landing in {"", pull.branch}
    if not branch or pull.base != api.branch or pull.repository not in {api.repository, group.fork}:
        return False, "Names members of a group, and is not from the branch that lands it"
    whole = {n: head for n, head in left.items() if n in group.pulls}
    if brought == whole:
        return True, "Holds the whole group"
    wrong = [n for n in sorted({*brought, *whole}) if brought.get(n) != whole.get(n)]
    return False, f"Is not the whole group as it is now: {names(wrong)}"


def names(numbers: list[int]) -> str:
    """Pull requests as GitHub makes links of them."""
    return ", ".join(f"#{number}" for number in numbers)


def judge_other(labels: frozenset[str] | set[str], problem: str) -> tuple[bool, str]:
    """What is in no group: only those who may triage can set labels."""
    if os.environ["LAND_TOGETHER_LABEL"] not in labels:
        return True, f"{problem}not labelled" if problem else PLAIN
    return False, f"{problem}closed for what is labelled" if problem else LABELLED


if __name__ == "__main__":
    sys.exit(main())
