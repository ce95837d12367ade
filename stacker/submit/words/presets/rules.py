"""What a preset is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class News:
    """Where each change is told to users: `path` is what the file is called, with the `issue`'s
    number as a group, `example` the same for people.

    Changes that are all in paths that match `not_for` need none; so does a stage whose text says
    `skip`, which is a label that only the project may set.
    """

    path: str
    folder: str
    example: str
    not_for: str
    skip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the pull requests of a repository keep to.

    `issues` are the prefixes of issues that titles begin with, the one of today first; without any
    a title is free. `longest_title` leaves room for what the forge puts behind it; `many_lines` is
    what a reviewer reads at a time. With `squashed` the text becomes the commit's message.
    """

    issues: tuple[str, ...] = ()
    skip_issue: str = "skip issue"
    longest_title: int = 72
    many_lines: int = 500
    news: News | None = None
    squashed: bool = False
