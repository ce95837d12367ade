"""GitHub and its kin: everything that stacker asks of a forge, or does there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from github.GithubObject import NotSet

from stacker.errors import ForgeError, OutcomeUnknown
from stacker.forge import files, forking, merging, protecting, rights
from stacker.forge.answers import expect_bool, expect_int, expect_str, printable
from stacker.forge.api import (
    BranchTip,
    CIResult,
    CIState,
    Comment,
    Identity,
    MergeAnswer,
    MergeMethod,
    Protection,
    PullRequest,
    PullState,
    RepositoryFacts,
)
from stacker.forge.bulk import read_pulls, read_tip
from stacker.forge.comparing import Comparison, compared, diff_between
from stacker.forge.connection import Connection
from stacker.forge.facts import (
    newest_runs,
    newest_statuses,
    repository_facts,
)
from stacker.forge.failures import Refused, opening_hint
from stacker.forge.opened import just_opened, until_shown
from stacker.forge.threads import Thread, open_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from github.Repository import Repository

    from stacker.forge.pace import Pace

# Dots alone would lead to another path of the API.
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*/(?!\.{1,2}$)[A-Za-z0-9_.-]+")
_MERGE_REFUSALS = frozenset({403, 405, 409, 422})


class GitHub:
    """One forge, seen with one token; for one thread, to be closed.

    `pace` keeps the pauses that a forge wants. Every method may raise `ForgeError`; one that
    changes something raises `OutcomeUnknown` when the answer was lost and could not be made up for
    by looking.
    """

    def __init__(self, api_url: str, token: str | None, pace: Pace) -> None:
        self.api_url = api_url
        self._connection = Connection(api_url, token, pace)

    def __repr__(self) -> str:
        return f"GitHub({self.api_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its sockets."""
        self._connection.close()

    def whoami(self) -> str:
        """The login that the token belongs to."""
        return self.identity().login

    def identity(self) -> Identity:
        """Who the token belongs to, and what kind it is."""
        return rights.identity(self._connection)

    def against_opening(self, repository: str, head_owner: str, base: str) -> str | None:
        """Why this token may open no pull request there, in the forge's words; None: it may."""
        return rights.against_opening(self._connection, _checked(repository), head_owner, base)

    def against_reporting(self, repository: str) -> str | None:
        """Why it may set no commit status there; None: it may."""
        return rights.against_reporting(self._connection, _checked(repository))

    def repository(self, name: str) -> RepositoryFacts | None:
        """The repository `OWNER/NAME`; None when there is none that this token may see."""
        try:
            data = self._connection.get(f"read {name}", f"/repos/{_checked(name)}")
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise
        return repository_facts(data)

    def create_fork(self, name: str, into: str = "") -> RepositoryFacts:
        """Fork `OWNER/NAME`, as `into` if that is given, else for the token's user.

        One already there is the answer; a new one may take the forge some minutes more.
        """
        whole = into and _checked(into)
        try:
            return forking.create_fork(self._connection, _checked(name), whole)
        except OutcomeUnknown:
            there = self.repository(whole) if whole else None
            if there is None:
                raise
            return there

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number, then by head (`branch` or `owner:branch`, newest first).

        One question for fifty of them; what is not there is left out.
        """
        return read_pulls(self._connection, _checked(repository), numbers, heads)

    def pull(self, repository: str, number: int) -> PullRequest:
        """One pull request; an error when there is none."""
        found = self.pulls(repository, [number])
        if not found:
            hint = "Check the number; or your token may not see it."
            raise ForgeError(f"there is no pull request #{number} in {repository}", hint=hint)
        return found[0]

    def shown(self, repository: str, numbers: Sequence[int]) -> tuple[PullRequest, ...]:
        """Those just opened; an error when they are not shown in a while."""
        return until_shown(self.pulls, self._connection.pauses, repository, numbers)

    def open_threads(self, repository: str, number: int) -> tuple[Thread, ...]:
        """What was said of single lines of a pull request and is not resolved, oldest first."""
        return open_threads(self._connection, _checked(repository), number)

    def compared(self, repository: str, base: str, head: str) -> Comparison:
        """How the commit `head` differs from `base`, file by file."""
        return compared(self._connection, _checked(repository), base, head)

    def diff_between(self, repository: str, base: str, head: str) -> str:
        """The diff from where two commits parted to `head`."""
        return diff_between(self._connection, _checked(repository), base, head)

    def open_pull(
        self, repository: str, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """Open a pull request from `owner:branch`; as the forge answers with it, or, where that
        answer is lost, as it is found there."""
        target = self._at(repository)
        try:
            made = self._connection.act(
                f"open a pull request from {head} in {repository}",
                lambda: (
                    target.create_pull(base, head, title=title, body=body, draft=draft).raw_data
                ),
            )
        except OutcomeUnknown:
            for pull in self.pulls(repository, heads=[head]):
                if pull.state is PullState.OPEN and pull.base_branch == base:
                    return pull
            raise
        except Refused as refusal:
            refusal.hint = opening_hint(refusal, repository)
            raise
        return just_opened(repository, made)

    def edit_pull(
        self,
        repository: str,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        base: str | None = None,
        state: PullState | None = None,
    ) -> None:
        """Change only what is given; `state` is open or closed."""
        pull = self._at(repository).get_pull(number)
        self._connection.act(
            f"edit #{number} in {repository}",
            lambda: pull.edit(
                title=NotSet if title is None else title,
                body=NotSet if body is None else body,
                base=NotSet if base is None else base,
                state=NotSet if state is None else state.value,
            ),
        )

    def set_draft(self, pull: PullRequest, draft: bool) -> None:
        """Make `pull` a draft, or ready for review."""
        mutation = "convertPullRequestToDraft" if draft else "markPullRequestReadyForReview"
        what = f"make #{pull.number} in {pull.repository} {'a draft' if draft else 'ready'}"
        values = {"pullRequestId": pull.node_id}
        try:
            answer = self._connection.change_graph(
                what, mutation, values, "pullRequest { isDraft }"
            )
        except OutcomeUnknown:
            if self.pull(pull.repository, pull.number).draft is draft:
                return
            raise
        if expect_bool(answer, "pullRequest", "isDraft") is not draft:
            raise ForgeError(f"the forge was asked to {what} and did not")

    def comment(self, repository: str, number: int, body: str) -> Comment:
        """Add a comment to a pull request."""
        issue = self._at(repository).get_issue(number)
        try:
            made = self._connection.act(
                f"comment on #{number} in {repository}", lambda: issue.create_comment(body).raw_data
            )
        except OutcomeUnknown:
            for said in reversed(self.pull(repository, number).comments):
                if said.mine and said.body.split() == body.split():
                    return said
            raise
        author = expect_str(made, "user", "login")
        return Comment(expect_int(made, "id"), author, expect_str(made, "body"), mine=True)

    def edit_comment(self, repository: str, comment_id: int, body: str) -> None:
        """Replace the text of a comment."""
        issue = self._at(repository).get_issue(0)  # a comment's address holds no number of a PR
        comment = issue.get_comment(comment_id)
        self._connection.act(f"edit a comment in {repository}", lambda: comment.edit(body))

    def merge(
        self,
        repository: str,
        number: int,
        *,
        sha: str,
        method: MergeMethod,
        title: str | None = None,
        message: str | None = None,
    ) -> MergeAnswer:
        """Merge a pull request whose head is still `sha`; never asked twice."""
        pull = self._at(repository).get_pull(number)
        what = f"merge #{number} in {repository}"
        return merging.merge(
            self._connection, what, pull, sha=sha, method=method, title=title, message=message
        )

    def set_status(
        self,
        repository: str,
        oid: str,
        *,
        context: str,
        state: CIState,
        description: str,
        url: str | None = None,
    ) -> None:
        """Report a commit status; `state` is success, failure or pending."""
        commit = self._at(repository).get_commit(oid)
        self._connection.act(
            f"set the status {printable(context)} in {repository}",
            lambda: commit.create_status(
                state.value,
                target_url=NotSet if url is None else url,
                description=description,
                context=context,
            ),
        )

    def ci_results(self, repository: str, oid: str) -> tuple[CIResult, ...]:
        """The newest result of each CI check on a commit: statuses, then check runs."""
        what = f"read the CI checks of {oid[:12]} in {repository}"
        commit = f"/repos/{_checked(repository)}/commits/{quote(oid, safe='')}"
        statuses = self._connection.pages(what, f"{commit}/statuses")
        runs = self._connection.pages(what, f"{commit}/check-runs", "check_runs", filter="latest")
        return (*newest_statuses(statuses), *newest_runs(runs))

    def tip_checks(self, repository: str, branch: str, other: str) -> BranchTip:
        """The tip of a branch with its CI checks; and where another branch was just then."""
        return read_tip(self._connection, _checked(repository), branch, other)

    def protection(self, repository: str, branch: str) -> Protection | None:
        """What `branch` demands, as far as this token may know; None when it is not protected."""
        return protecting.protection(self._connection, _checked(repository), branch)

    def has_file(self, repository: str, branch: str, path: str) -> bool | None:
        """Whether a branch has a file; None when this token may not read that."""
        return files.has_file(self._connection, _checked(repository), branch, path)

    def _at(self, name: str) -> Repository:
        return self._connection.github.get_repo(_checked(name))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ForgeError(
            f"{printable(name)!r} is not the name of a repository", hint="Write it OWNER/NAME."
        )
    return name
