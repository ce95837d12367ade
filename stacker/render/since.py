"""How it reads what became of a change, and what people still say of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.forge.answers import printable
from stacker.review.value import DiffOfDiffs, Interdiff, RangeDiff, Unread, Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.review.value import Place, Since

    Document = dict[str, object]

_LINES = 3  # of what was said first
_WIDTH = 200


def change_text(since: Since | None, title: str, diff: bytes) -> list[str]:
    """The change itself under its title, or what became of it."""
    match since:
        case None:
            return ["", title, _shown(diff)]
        case Whole(why):
            return ["", f"Nothing to compare with: {printable(why)}.", title, _shown(diff)]
        case Interdiff(old, b""):
            return ["", f"Nothing of it changed since {old}."]
        case Interdiff(old, found):
            head = f"What changed since {old}, without what upstream moved"
        case RangeDiff(old, paths, found):
            where = ", ".join(printable(_shown(path)) for path in paths)
            head = f"What changed since {old}, which conflicts where it stands now ({where}): \
patch by patch"
        case DiffOfDiffs(old, b""):
            return ["", f"Its own change reads as it did in {old}."]
        case DiffOfDiffs(old, found):
            head = f"What changed since {old}: how its diff differs from the one of then"
        case never:
            assert_never(never)
    return ["", head, _shown(found)]


def since_document(since: Since | None) -> Document | None:
    """The same for scripts."""
    no_paths: tuple[bytes, ...] = ()
    match since:
        case None:
            return None
        case Whole(why):
            return {"version": None, "how": "whole", "why": why, "conflicts": [], "diff": None}
        case Interdiff(old, diff):
            how, paths = "interdiff", no_paths
        case RangeDiff(old, paths, diff):
            how = "range-diff"
        case DiffOfDiffs(old, diff):
            how, paths = "diff-of-diffs", no_paths
        case never:
            assert_never(never)
    return {
        "version": int(old.removeprefix("v")),
        "how": how,
        "why": None,
        "conflicts": [path.decode("utf-8", "surrogateescape") for path in paths],
        "diff": diff.decode("utf-8", "surrogateescape"),
    }


def threads_text(threads: Sequence[Place] | Unread) -> list[str]:
    """Each thread with the line that it is at."""
    if isinstance(threads, Unread):
        return ["", f"Unresolved threads: not read ({printable(threads.why)})"]
    lines = ["", f"Unresolved threads: {len(threads) or 'none'}"]
    for place in threads:
        lines += _thread(place)
    return lines


def _thread(place: Place) -> list[str]:
    thread, where = place.thread, printable(place.path)
    if place.line is not None:
        where += f":{place.line}"
    said = f"  {where}  {printable(thread.author)}{_was(place)}"
    text = [line.rstrip() for line in thread.text.split("\n") if line.strip()]
    lines = [said, *(f"    {_cut(line)}" for line in text[:_LINES])]
    lines += ["    …"] if len(text) > _LINES else []
    if thread.replies:
        count = "1 reply" if thread.replies == 1 else f"{thread.replies} replies, the last"
        lines.append(f"    {count} by {printable(thread.last_author)}")
    return lines


def _was(place: Place) -> str:
    words = ["a line taken out"] if place.thread.removed else []
    if place.thread.first_line is None:
        words.append("the whole file")
    elif place.line is None:
        words.append(f"was at {printable(place.was)}")
    elif place.was:
        words.append(printable(place.was))
    return f"  ({'; '.join(words)})" if words else ""


def threads_document(threads: Sequence[Place] | Unread) -> list[Document] | None:
    """The same for scripts; `None` where the forge was not read."""
    return None if isinstance(threads, Unread) else [_place(one) for one in threads]


def _place(place: Place) -> Document:
    thread = place.thread
    return {
        "path": place.path,
        "line": place.line,
        "was": place.was or None,
        "outdated": thread.outdated,
        "removed": thread.removed,
        "commit": thread.commit or None,
        "original_line": thread.first_line,
        "author": thread.author,
        "text": thread.text,
        "replies": thread.replies,
        "url": thread.url,
    }


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace").rstrip("\n")
