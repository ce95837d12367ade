"""How it reads what a lint found, and what pull requests would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.submit.words.lint.finding import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.submit.request import Preview
    from stacker.submit.words.lint.finding import Finding


def findings_document(findings: Sequence[Finding]) -> dict[str, object]:
    """The `--json` document of `submit --check`."""
    return {
        "findings": [
            {
                "stage": one.stage, "rule": one.rule, "level": str(one.level),
                "message": one.message, "advice": one.advice,
            }
            for one in findings
        ]
    }  # fmt: skip


def findings_text(findings: Sequence[Finding]) -> str:
    """A line for each, and how many there are."""
    if not findings:
        return "Nothing to say against it."
    errors = sum(one.level is Level.ERROR for one in findings)
    counted = f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}."
    return "\n".join([*map(str, findings), counted])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def previews_document(previews: Sequence[Preview]) -> dict[str, object]:
    """The `--json` document of `submit --preview`."""
    return {
        "previews": [
            {
                "stage": one.stage, "repository": one.repository, "number": one.number,
                "title": one.title, "body": one.body,
            }
            for one in previews
        ]
    }  # fmt: skip


def preview_text(preview: Preview) -> str:
    """One of them: its title, an empty line, its text."""
    return f"{preview.title}\n\n{preview.body}"
