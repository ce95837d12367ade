"""Many pull requests in one question: the one GraphQL document, and the pages behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacker.errors import ForgeError
from stacker.forge.answers import (
    at,
    expect_bool,
    expect_int,
    expect_list,
    expect_oid,
    expect_str,
    optional_str,
)
from stacker.forge.api import BranchTip, PullRequest
from stacker.forge.paging import PAGE, ask_repository, nodes
from stacker.forge.shapes import check, comment, login, pull_state, review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stacker.forge.connection import Connection

_ALIASES = 50  # in one document; more makes the forge slow to answer

_REVIEWS = f"{PAGE} nodes {{ state submittedAt author {{ login }} commit {{ oid }} }}"
_COMMENTS = f"{PAGE} nodes {{ databaseId body viewerDidAuthor author {{ login }} }}"
_THREADS = f"{PAGE} nodes {{ isResolved }}"
_CONTEXTS = f"""{PAGE} nodes {{
  __typename
  ... on StatusContext {{ context state description creator {{ __typename login }} targetUrl }}
  ... on CheckRun {{
    name status conclusion startedAt completedAt detailsUrl
    checkSuite {{ app {{ databaseId slug }} workflowRun {{ event }} }}
  }}
}}"""


def _last_commit(after: str) -> str:
    return f"""commits(last: 1) {{ nodes {{ commit {{
      oid statusCheckRollup {{ contexts(first: 100{after}) {{ {_CONTEXTS} }} }} }} }} }}"""


_PULL = f"""fragment Pull on PullRequest {{
  id number url state isDraft title body headRefName headRefOid baseRefName maintainerCanModify
  viewerCanUpdate autoMergeRequest {{ enabledAt }} isInMergeQueue
  labels(first: 100) {{ nodes {{ name }} }}
  timelineItems(last: 1, itemTypes: [HEAD_REF_FORCE_PUSHED_EVENT]) {{
    nodes {{ ... on HeadRefForcePushedEvent {{ createdAt }} }}
  }}
  mergeCommit {{ oid }} baseRef {{ target {{ oid }} }}
  headRepository {{ nameWithOwner }} headRepositoryOwner {{ login }} author {{ login }}
  reviews(first: 100) {{ {_REVIEWS} }}
  comments(first: 100) {{ {_COMMENTS} }}
  reviewThreads(first: 100) {{ {_THREADS} }}
  {_last_commit("")}
}}"""


def read_pulls(
    connection: Connection, repository: str, numbers: Sequence[int], heads: Sequence[str]
) -> tuple[PullRequest, ...]:
    """The pull requests with these numbers, then those from these heads, none of them twice.

    A head is `branch` or `owner:branch`. What is not there is left out.
    """
    questions: list[int | str] = [*dict.fromkeys(numbers), *dict.fromkeys(heads)]
    found: dict[int, PullRequest] = {}
    for start in range(0, len(questions), _ALIASES):
        for pull in _ask(connection, repository, questions[start : start + _ALIASES]):
            found.setdefault(pull.number, pull)
    return tuple(found.values())


def _ask(
    connection: Connection, repository: str, questions: Sequence[int | str]
) -> Iterator[PullRequest]:
    variables: dict[str, str] = {}
    fields = []
    for i, question in enumerate(questions):
        if isinstance(question, int):
            fields.append(f"p{i}: pullRequest(number: {question:d}) {{ ...Pull }}")
        else:
            variables[f"h{i}"] = question.rpartition(":")[2]
            fields.append(_from_head(f"h{i}", ""))
    answer = _query(connection, repository, fields, variables)
    for i, question in enumerate(questions):
        if isinstance(question, int):
            node = at(answer, f"p{i}")
            if node is not None:
                yield _pull(connection, repository, node)
            continue
        found = _all_from_head(connection, repository, question, at(answer, f"h{i}"))
        yield from sorted(
            (_pull(connection, repository, node) for node in found),
            key=lambda pull: pull.number,
            reverse=True,
        )


def _from_head(name: str, after: str) -> str:
    return f"""{name}: pullRequests(headRefName: ${name}, first: 10{after},
      states: [OPEN, CLOSED, MERGED]) {{
      {PAGE} nodes {{ ...Pull }} }}"""


def _query(
    connection: Connection, repository: str, fields: Sequence[str], variables: dict[str, str]
) -> object:
    fragments = _PULL if any("...Pull" in field for field in fields) else ""
    return ask_repository(connection, repository, fields, variables, fragments=fragments)


def _all_from_head(
    connection: Connection, repository: str, head: str, first: object
) -> Iterator[object]:
    owner, _, branch = head.rpartition(":")

    def more(cursor: str) -> object:
        variables = {"h": branch, "after": cursor}
        answer = _query(connection, repository, [_from_head("h", ", after: $after")], variables)
        return at(answer, "h")

    for node in nodes(first, more):
        login = optional_str(node, "headRepositoryOwner", "login") or ""
        if not owner or login.casefold() == owner.casefold():
            yield node


def _pull(connection: Connection, repository: str, node: object) -> PullRequest:
    number = expect_int(node, "number")
    head = expect_oid(node, "headRefOid")

    def page(selection: str, *path: str) -> Callable[[str], object]:
        def more(cursor: str) -> object:
            field = f"p: pullRequest(number: {number:d}) {{ {selection} }}"
            answer = _query(connection, repository, [field], {"after": cursor})
            return _of_head(at(answer, "p"), head) if not path else at(answer, "p", *path)

        return more

    reviews = page(f"reviews(first: 100, after: $after) {{ {_REVIEWS} }}", "reviews")
    comments = page(f"comments(first: 100, after: $after) {{ {_COMMENTS} }}", "comments")
    threads = page(f"reviewThreads(first: 100, after: $after) {{ {_THREADS} }}", "reviewThreads")
    contexts = page(_last_commit(", after: $after"))
    return PullRequest(
        repository=repository,
        number=number,
        url=expect_str(node, "url"),
        node_id=expect_str(node, "id"),
        state=pull_state(node),
        draft=expect_bool(node, "isDraft"),
        title=expect_str(node, "title"),
        body=expect_str(node, "body"),
        head_owner=optional_str(node, "headRepositoryOwner", "login"),
        head_repository=optional_str(node, "headRepository", "nameWithOwner"),
        head_branch=expect_str(node, "headRefName"),
        head=head,
        base_branch=expect_str(node, "baseRefName"),
        author=login(node, "author"),
        merge_commit=_merge_commit(node),
        reviews=tuple(review(entry) for entry in nodes(at(node, "reviews"), reviews)),
        checks=tuple(check(entry) for entry in nodes(_of_head(node, head), contexts)),
        maintainer_can_modify=expect_bool(node, "maintainerCanModify"),
        may_edit=expect_bool(node, "viewerCanUpdate"),
        comments=tuple(comment(entry) for entry in nodes(at(node, "comments"), comments)),
        open_threads=sum(
            not expect_bool(entry, "isResolved")
            for entry in nodes(at(node, "reviewThreads"), threads)
        ),
        base_tip=_tip(node, "baseRef") or "",
        auto_merge=at(node, "autoMergeRequest") is not None,
        queued=expect_bool(node, "isInMergeQueue"),
        head_pushed_at=_forced_at(node),
        labels=tuple(expect_str(one, "name") for one in expect_list(node, "labels", "nodes")),
    )


def _forced_at(node: object) -> str:
    events = expect_list(node, "timelineItems", "nodes")
    return expect_str(events[-1], "createdAt") if events else ""


def read_tip(connection: Connection, repository: str, branch: str, other: str) -> BranchTip:
    """The tip of `branch` with its CI checks; and where `other` was at the same moment."""
    names = {"b": f"refs/heads/{branch}", "o": f"refs/heads/{other}"}

    def ask(after: str, variables: dict[str, str]) -> object:
        commit = f"""... on Commit {{ oid
          statusCheckRollup {{ contexts(first: 100{after}) {{ {_CONTEXTS} }} }} }}"""
        fields = [
            f"b: ref(qualifiedName: $b) {{ target {{ {commit} }} }}",
            "o: ref(qualifiedName: $o) { target { oid } }",
        ]
        return _query(connection, repository, fields, names | variables)

    answer = ask("", {})
    tip, there = _tip(answer, "b"), _tip(answer, "o")

    def contexts(answer: object) -> object:
        if _tip(answer, "b") != tip:
            raise ForgeError(f"{branch} of {repository} moved meanwhile", hint="Run it again.")
        rollup = at(answer, "b", "target", "statusCheckRollup")
        return _NO_NODES if rollup is None else at(rollup, "contexts")

    def more(cursor: str) -> object:
        return contexts(ask(", after: $after", {"after": cursor}))

    if tip is None:
        return BranchTip(None, (), there)
    found = nodes(contexts(answer), more)
    return BranchTip(tip, tuple(check(entry) for entry in found), there)


def _tip(node: object, key: str) -> str | None:
    """Where the branch at `key` is; None when there is none."""
    return None if at(node, key) is None else expect_oid(node, key, "target", "oid")


_NO_NODES: dict[str, Any] = {"nodes": [], "pageInfo": {"hasNextPage": False}}


def _of_head(node: object, head: str) -> object:
    """The CI checks of exactly `head`; those of any other commit say nothing about it."""
    for entry in expect_list(node, "commits", "nodes"):
        if at(entry, "commit", "oid") == head and at(entry, "commit", "statusCheckRollup"):
            return at(entry, "commit", "statusCheckRollup", "contexts")
    return _NO_NODES


def _merge_commit(node: object) -> str | None:
    if at(node, "state") != "MERGED" or at(node, "mergeCommit") is None:
        return None
    return expect_oid(node, "mergeCommit", "oid")
