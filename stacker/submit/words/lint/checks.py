"""The rules of a lint, one function each. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.submit.words.lint.finding import Finding, Level
from stacker.submit.words.titles import is_in_form, issue_in, issue_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.submit.words.lint.finding import Subject

_FORGE_TAKES = 256  # characters of a title
_CLOSING = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?:[\w.-]+/[\w.-]+)?"
    r"(?:#\d+|GH-\d+|https?://\S+/issues/\d+)",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w`/.\\])@[A-Za-z0-9][\w-]*")
_TRAILER = re.compile(r"^[A-Z][A-Za-z]+(?:-[a-z]+)*-by: .*$", re.MULTILINE)


def findings(of: Subject) -> tuple[Finding, ...]:
    """All that is wrong with a stage."""
    checks = (_text, _issue, _title, _squash, _news, _sign_off, _size)
    return tuple(finding for check in checks for finding in check(of))


def _text(of: Subject) -> Iterator[Finding]:
    if not of.written:
        yield _warning(
            of, "text", "nobody has written what it does",
            f"write series/{of.stage}.md: `# title`, then the text",
        )  # fmt: skip


def _issue(of: Subject) -> Iterator[Finding]:
    rules, example = of.rules, f"{(*of.rules.issues, '')[0]}-NNNN"
    if not rules.issues:
        return
    named, found = issue_named(rules, of.issue), issue_in(rules, of.title)
    if of.issue and not named:
        yield _error(
            of, "issue", f"the plan's issue {of.issue!r} is none of this project",
            f'write issue = "{example}"',
        )  # fmt: skip
    elif not found and rules.skip_issue not in of.body.lower():
        yield _error(
            of, "issue", "it names no issue",
            f'add issue = "{example}" to the stage, or ask for the label `{rules.skip_issue}` '
            "in its text",
        )  # fmt: skip
    elif named and named != found:
        yield _warning(
            of, "issue", f"the title names {found}, the plan {named}", "make them the same"
        )


def _title(of: Subject) -> Iterator[Finding]:
    rules, title, where = of.rules, of.title, f"the first line of series/{of.stage}.md"
    if issue_in(rules, title) and not is_in_form(rules, title):
        wanted = f"`{issue_in(rules, title)}: what it does`"
        yield _error(of, "title", f"the title is not as {wanted}", f"change {where}")
    if len(title) > _FORGE_TAKES:
        yield _error(
            of, "title", f"the forge takes no title of {len(title)} characters", f"shorten {where}"
        )
    elif len(title) > rules.longest_title:
        said = f"the title has {len(title)} characters of {rules.longest_title}"
        yield _warning(of, "title", said, f"shorten {where}")
    if title.endswith("."):
        yield _warning(of, "title", "the title ends with a full stop", f"take it off {where}")


def _squash(of: Subject) -> Iterator[Finding]:
    """What would do something, or read wrong, in the commit that a squash makes of the text."""
    if not of.rules.squashed:
        return
    told = "the text becomes the commit's message"
    if found := _CLOSING.search(of.seen):
        yield _error(
            of, "squash", f"{found[0]!r} closes an issue when it is merged, and {told}",
            "say which issue it is about in other words",
        )  # fmt: skip
    if found := _MENTION.search(of.seen):
        yield _warning(
            of, "squash", f"{found[0]} is called each time that the commit is pushed, for {told}",
            "say it in a comment, or without the @",
        )  # fmt: skip
    if found := _TRAILER.search(of.seen):
        yield _warning(
            of, "squash", f"{found[0][:60]!r} would be a trailer of the commit, for {told}",
            "credit people in the patches",
        )  # fmt: skip


def _news(of: Subject) -> Iterator[Finding]:
    news = of.rules.news
    paths = [path for patch in of.patches for path in patch.paths]
    if news is None or not paths:
        return
    entries = [found for path in paths if (found := re.fullmatch(news.path, path))]
    issue = issue_in(of.rules, of.title).rpartition("-")[2]
    if entries and issue and not any(issue in e["issue"].split(",") for e in entries):
        said = f"{entries[0][0]} is not about issue {issue}, which the title names"
        yield _warning(of, "news", said, "rename the entry, or change the issue")
    if entries or news.skip in of.body.lower() or all(re.match(news.not_for, p) for p in paths):
        return
    if strange := [path for path in paths if path.startswith(news.folder)]:
        yield _error(of, "news", f"{strange[0]} is no name of an entry", f"call it {news.example}")
    else:
        yield _error(
            of, "news", "it has no NEWS entry",
            f"`stacker edit {of.stage}`, then `blurb add` ({news.example}); or ask for the label "
            f"`{news.skip}` in its text",
        )  # fmt: skip


def _sign_off(of: Subject) -> Iterator[Finding]:
    for patch in of.patches if of.sign_off else ():
        line = rf"^Signed-off-by: .*<{re.escape(patch.email)}>\s*$"
        if not re.search(line, patch.message, re.IGNORECASE | re.MULTILINE):
            yield _error(
                of, "sign-off", f"{patch.file} is not signed off by its author",
                f"`stacker edit {of.stage}`, there `git rebase --signoff`, then --done",
            )  # fmt: skip


def _size(of: Subject) -> Iterator[Finding]:
    if of.lines > of.rules.many_lines:
        said = f"it changes {of.lines} lines, and {of.rules.many_lines} are much to review"
        yield _warning(of, "size", said, "part it into two stages if that can be")


def _error(of: Subject, rule: str, message: str, advice: str) -> Finding:
    return Finding(of.stage, rule, Level.ERROR, message, advice)


def _warning(of: Subject, rule: str, message: str, advice: str) -> Finding:
    return Finding(of.stage, rule, Level.WARNING, message, advice)
