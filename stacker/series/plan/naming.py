"""What a name in the plan may look like, and which known name an unknown one resembles."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, TypeVar

from stacker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Named = TypeVar("Named")

LONGEST_NAME = 60
_LONGEST_PATH = 200  # bytes
RESERVED_STAGES = frozenset({"readme", "cover"})
RESERVED_ON_WINDOWS = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"}
)
_NOT_IN_REFS = frozenset("~^:?*[\\")
_NOT_IN_NAMES = _NOT_IN_REFS | frozenset('<>"|/')
# Files are clear text in the eyes of a person: nothing unseen, nothing that turns text around.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_MOST_COMPARED = 300


def unseen(text: str) -> str | None:
    """The first control, format or bidi character of `text`, as `U+XXXX`; None if all is seen."""
    if text.isascii() and text.isprintable():
        return None
    for char in text:
        if unicodedata.category(char) in _UNSEEN:
            return f"U+{ord(char):04X}"
    return None


def wrong_with_name(name: str) -> str | None:
    """Why `name` cannot be a part of a branch and of a file name everywhere; None if it can."""
    if not name:
        return "is empty"
    if len(name) > LONGEST_NAME or len(name.encode(errors="replace")) > 4 * LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters"
    return _wrong_characters(name, _NOT_IN_NAMES) or _wrong_ends(name) or _wrong_as_whole(name)


def _wrong_characters(name: str, banned: frozenset[str]) -> str | None:
    hidden = unseen(name)
    if hidden:
        return f"has the invisible character {hidden}"
    if any(map(str.isspace, name)):
        return "has a space"
    if not banned.isdisjoint(name):
        bad = next(char for char in name if char in banned)
        return f"has {bad!r}, which branches and files cannot have"
    if unicodedata.normalize("NFC", name) != name:
        return "is not in Unicode's composed form (NFC)"
    return None


def _wrong_ends(name: str) -> str | None:
    if name.startswith(("-", ".")):
        return f"starts with {name[0]!r}"
    if name.endswith("."):
        return "ends with '.'"
    if name.lower().endswith((".lock", ".below")):
        return f"ends with {name[name.rindex('.') :]!r}, which is taken"
    return None


def _wrong_as_whole(name: str) -> str | None:
    if ".." in name:
        return "has '..'"
    if "@{" in name or name == "@":
        return "has '@' where git gives it a meaning"
    if name.partition(".")[0].lower() in RESERVED_ON_WINDOWS:
        return "is a device on Windows"
    return None


def wrong_with_branch(branch: str) -> str | None:
    """Why git would not take `branch` as the name of a branch; None if it would."""
    if branch == "HEAD":
        return "is no branch"
    for part in branch.split("/"):
        if not part:
            return "has an empty part"
        wrong = _wrong_characters(part, _NOT_IN_REFS)
        if wrong:
            return wrong
        if part.startswith((".", "-")) or part.endswith((".", ".lock")):
            return f"has the part {part!r}, which git refuses"
    return "has '..' or '@{'" if ".." in branch or "@{" in branch or branch == "@" else None


def wrong_with_glob(glob: str) -> str | None:
    """Why a glob does not stay inside the repository's tree; None if it does."""
    if glob.startswith(("/", "~")) or glob[1:2] == ":":
        return "is absolute; write it from the top of the repository"
    if "\\" in glob:
        return "has '\\'; write '/' between folders"
    if ".." in glob.split("/"):
        return "leaves the repository's directory by '..'"
    return None


def wrong_with_path(path: str) -> str | None:
    """Why `path` is no file that may be written below the top of a lane; None if it is."""
    wrong = wrong_with_glob(path)
    if wrong:
        return wrong
    if len(path.encode(errors="replace")) > _LONGEST_PATH:
        return f"is longer than {_LONGEST_PATH} bytes"
    for part in path.split("/"):
        if part in {"", "."}:
            return "has an empty part"
        if part.casefold().rstrip(". ") in {".git", "git~1"}:
            return f"has the part {part!r}, which is git's own"
        if ":" in part or part.endswith((".", " ")):
            return f"has the part {part!r}, which Windows takes for something else"
        if part.partition(".")[0].rstrip(" ").lower() in RESERVED_ON_WINDOWS:
            return f"has the part {part!r}, a device on Windows"
    return None


def same_file(name: str) -> str:
    """Equal for names that are one file where case does not matter."""
    return unicodedata.normalize("NFC", name).casefold()


def did_you_mean(word: str, known: Collection[str]) -> str | None:
    """`did you mean 'x'?` for the known name nearest to `word`, if one is near."""
    if len(known) > _MOST_COMPARED or len(word) > LONGEST_NAME:
        return None
    by_fold = {name.casefold(): name for name in known}
    from difflib import get_close_matches  # noqa: PLC0415 - seldom needed, slow to load

    close = get_close_matches(word.casefold(), by_fold, n=1)
    return f"did you mean {by_fold[close[0]]!r}?" if close else None


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names as a person lists them: of many the first, and how many more there are."""
    known = list(names)
    more = len(known) - most
    return ", ".join(known[:most]) + (f" and {more} more" if more > 0 else "")


def find(index: Mapping[str, Named], name: str, kind: str) -> Named:
    """What stands under `name`; raises `UsageError` that names the nearest, or all there are."""
    if name in index:
        return index[name]
    hint = did_you_mean(name, index) or f"the plan has: {listed(index) or 'none'}"
    raise UsageError(f"no {kind} {name!r} in the plan", hint=hint)
