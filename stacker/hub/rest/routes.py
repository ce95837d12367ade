"""Which address of the REST API is answered by which function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.routing import Map, Rule

from stacker.hub.rest import (
    commits,
    issues,
    pulls,
    refs,
    repositories,
    review_comments,
    rulesets,
    users,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.hub.call import Answer

    Handler = Callable[..., Answer]


_R = "/repos/<owner>/<repo>"
_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/user", users.get_authenticated),
    ("GET", "/users/<login>", users.get),
    ("GET", _R, repositories.get),
    ("PATCH", _R, repositories.change),
    ("POST", f"{_R}/forks", repositories.fork),
    ("GET", f"{_R}/collaborators", repositories.list_collaborators),
    ("GET", f"{_R}/collaborators/<login>", repositories.is_collaborator),
    ("PUT", f"{_R}/collaborators/<login>", repositories.invite),
    ("DELETE", f"{_R}/collaborators/<login>", repositories.uninvite),
    ("GET", f"{_R}/collaborators/<login>/permission", repositories.permission),
    ("GET", f"{_R}/pulls", pulls.list_pulls),
    ("POST", f"{_R}/pulls", pulls.create),
    ("GET", f"{_R}/pulls/<int:number>", pulls.get),
    ("PATCH", f"{_R}/pulls/<int:number>", pulls.change),
    ("GET", f"{_R}/pulls/<int:number>/commits", pulls.list_commits),
    ("GET", f"{_R}/pulls/<int:number>/files", pulls.list_files),
    ("GET", f"{_R}/pulls/<int:number>/merge", pulls.is_merged),
    ("PUT", f"{_R}/pulls/<int:number>/merge", pulls.merge),
    ("GET", f"{_R}/pulls/<int:number>/reviews", pulls.list_reviews),
    ("POST", f"{_R}/pulls/<int:number>/reviews", pulls.create_review),
    ("PUT", f"{_R}/pulls/<int:number>/reviews/<int:row>/dismissals", pulls.dismiss_review),
    ("GET", f"{_R}/pulls/<int:number>/comments", review_comments.list_all),
    ("POST", f"{_R}/pulls/<int:number>/comments", review_comments.create),
    ("POST", f"{_R}/pulls/<int:number>/comments/<int:comment>/replies", review_comments.reply),
    ("GET", f"{_R}/pulls/comments/<int:comment>", review_comments.get),
    ("GET", f"{_R}/issues/<int:number>/comments", issues.list_comments),
    ("POST", f"{_R}/issues/<int:number>/comments", issues.create_comment),
    ("GET", f"{_R}/issues/comments/<int:number>", issues.get_comment),
    ("PATCH", f"{_R}/issues/comments/<int:number>", issues.edit_comment),
    ("DELETE", f"{_R}/issues/comments/<int:number>", issues.delete_comment),
    ("GET", f"{_R}/issues/<int:number>/labels", issues.list_labels),
    ("POST", f"{_R}/issues/<int:number>/labels", issues.add_labels),
    ("DELETE", f"{_R}/issues/<int:number>/labels/<path:name>", issues.remove_label),
    ("GET", f"{_R}/commits/<path:ref>", commits.get),
    ("GET", f"{_R}/commits/<path:ref>/status", commits.combined_status),
    ("GET", f"{_R}/commits/<path:ref>/statuses", commits.list_statuses),
    ("GET", f"{_R}/commits/<path:ref>/check-runs", commits.list_check_runs),
    ("GET", f"{_R}/statuses/<path:ref>", commits.list_statuses),
    ("POST", f"{_R}/statuses/<oid>", commits.create_status),
    ("POST", f"{_R}/check-runs", commits.create_check_run),
    ("GET", f"{_R}/compare/<path:spec>", commits.compare),
    ("GET", f"{_R}/git/ref/<path:ref>", refs.get),
    ("GET", f"{_R}/git/matching-refs/", refs.matching),
    ("GET", f"{_R}/git/matching-refs/<path:ref>", refs.matching),
    ("POST", f"{_R}/git/refs", refs.create),
    ("PATCH", f"{_R}/git/refs/<path:ref>", refs.change),
    ("DELETE", f"{_R}/git/refs/<path:ref>", refs.delete),
    ("GET", f"{_R}/branches", refs.list_branches),
    ("GET", f"{_R}/branches/<path:branch>", refs.get_branch),
    ("GET", f"{_R}/branches/<path:branch>/protection", refs.get_protection),
    ("PUT", f"{_R}/branches/<path:branch>/protection", refs.protect),
    ("DELETE", f"{_R}/branches/<path:branch>/protection", refs.unprotect),
    ("GET", f"{_R}/rules/branches/<path:branch>", rulesets.rules_for_branch),
    ("GET", f"{_R}/rulesets", rulesets.list_all),
    ("POST", f"{_R}/rulesets", rulesets.create),
    ("GET", f"{_R}/rulesets/<int:number>", rulesets.get),
    ("PUT", f"{_R}/rulesets/<int:number>", rulesets.change),
    ("DELETE", f"{_R}/rulesets/<int:number>", rulesets.delete),
)
_OWN = frozenset({pulls.get, pulls.merge, repositories.fork})
_MOVING = frozenset({refs.create, refs.change, refs.delete})
_CREATING = frozenset(
    {
        pulls.create,
        pulls.merge,
        pulls.create_review,
        review_comments.create,
        review_comments.reply,
        issues.create_comment,
    }
)

ROUTES = Map(
    [Rule(f"/api/v3{rule}", endpoint=handler, methods=[verb]) for verb, rule, handler in _ROUTES],
    strict_slashes=False,
    merge_slashes=False,
)


def keeps_own_transactions(handler: Handler) -> bool:
    """Whether a handler makes its transactions itself, for it changes more than the database."""
    return handler in _OWN


def moves_refs(handler: Handler) -> bool:
    """Whether pull requests are to be looked after when the handler is done."""
    return handler in _MOVING


def creates_content(handler: Handler) -> bool:
    """Whether GitHub's description warns that doing it quickly meets the secondary limit."""
    return handler in _CREATING
