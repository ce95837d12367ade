"""What went wrong between us and the forge, said in the forge's own words with what to do next."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, TypeVar

import github
import requests
import urllib3

from stacker.errors import ForgeError, OutcomeUnknown
from stacker.forge.answers import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What PyGithub lets out when an answer has an unexpected shape or names an address of another
# host; nothing but a library call stands inside `ask`, so that none of our own slips is hidden.
_MISSHAPEN = (
    github.BadAttributeException,
    AssertionError,
    AttributeError,
    KeyError,
    RuntimeError,
    TypeError,
    ValueError,
)

_NUMBER = re.compile(r"[0-9]{1,10}")
T = TypeVar("T")

PAUSE_HINT = "The forge asks for a pause: wait some minutes, then run it again."
ABSENT_HINT = "Check the name; or your token may not see it."


class NoAnswer(ForgeError):
    """A question went unanswered; it can be asked again."""


class Refused(ForgeError):
    """The forge answered no.

    `status` is the HTTP status, `words` what it said; `limited`: it only asks for a pause, of
    `pause` seconds if it says so.
    """

    def __init__(
        self,
        what: str,
        status: int,
        words: str,
        *,
        limited: bool,
        hint: str,
        pause: float | None = None,
    ) -> None:
        super().__init__(f"cannot {what}: {words}", hint=hint)
        self.status = status
        self.words = words
        self.limited = limited
        self.pause = pause


def ask(what: str, call: Callable[[], T], *, act: bool, token: str | None) -> T:
    """What `call`, one call of PyGithub, gives; each of its failures becomes a `ForgeError`.

    `what` completes "cannot …". With `act` an answer lost on its way is `OutcomeUnknown`.
    """
    try:
        return call()
    except github.GithubException as exc:
        failure = _refused(exc, what, act=act, token=token)
    except requests.RequestException as exc:
        failure = _unreached(exc, what, act=act, token=token)
    except _MISSHAPEN as exc:
        words = _clean(str(exc) or type(exc).__name__, token)
        failure = _lost(what, f"its answer cannot be read ({words})", act=act)
    # Raised out here, it drags no frames along that hold the request's headers, and so the token.
    raise failure


def opening_hint(refusal: Refused, repository: str) -> str:
    """What to do when no pull request could be opened.

    A forge says 404 where it means that the token lacks the right: the repository was read before.
    """
    if refusal.limited or refusal.status not in {403, 404}:
        return refusal.hint
    return (
        f"The token may not open pull requests in {repository}. A fine-grained one can only where "
        "its resource owner is; a classic one needs the scope `public_repo`. Nothing was opened; "
        "run it again with another GITHUB_TOKEN."
    )


def words_of(data: object) -> str:
    """The message of a JSON error and those of its `errors` list, in one line."""
    if isinstance(data, bytes):
        data = data.decode("utf-8", "replace")
    if isinstance(data, str):
        return printable(data)
    if not isinstance(data, dict):
        return ""
    found = [data.get("message") or data.get("data")]  # PyGithub puts what is no JSON in `data`
    listed = data.get("errors")
    found += [_one_error(entry) for entry in listed] if isinstance(listed, list) else []
    said = dict.fromkeys(words for words in found if isinstance(words, str) and words)
    return printable(": ".join(said))


def _one_error(entry: object) -> str:
    if isinstance(entry, str):
        return entry
    if not isinstance(entry, dict):
        return ""
    if isinstance(entry.get("message"), str):
        return str(entry["message"])
    return " ".join(str(entry[key]) for key in ("field", "code") if entry.get(key))


def _refused(exc: github.GithubException, what: str, *, act: bool, token: str | None) -> ForgeError:
    words = _clean(words_of(exc.data) or words_of(exc.message), token)
    if exc.status >= 500:
        return _lost(what, f"it answered {exc.status} {words}".rstrip(), act=act)
    words = words or f"HTTP status {exc.status}"
    limited = exc.status == 429 or "rate limit" in words.lower()
    hint = PAUSE_HINT if limited else _hint(exc.status, has_token=token is not None)
    pause = _pause(exc.headers or {}) if limited else None
    return Refused(what, exc.status, words, limited=limited, hint=hint, pause=pause)


def _pause(headers: Mapping[str, str]) -> float | None:
    """The seconds that it asks to wait; None when it does not say."""
    said = {name.lower(): value for name, value in headers.items()}
    after, reset = said.get("retry-after", ""), said.get("x-ratelimit-reset", "")
    if _NUMBER.fullmatch(after):
        return float(after)
    if said.get("x-ratelimit-remaining") == "0" and _NUMBER.fullmatch(reset):
        return max(float(reset) - time.time(), 0.0) + 1.0  # within which second is not told
    return None


def _hint(status: int, *, has_token: bool) -> str:
    if status == 401 and not has_token:
        return "A token is needed: set GITHUB_TOKEN, or log in with `gh auth login`."
    if status == 401:
        return "The token is wrong or has expired: make a new one and set GITHUB_TOKEN."
    if status == 403:
        return "The token may not do this: `stacker doctor` shows what it may."
    if status == 404:
        return ABSENT_HINT
    return ""


def _unreached(
    exc: requests.RequestException, what: str, *, act: bool, token: str | None
) -> ForgeError:
    words = _clean(str(exc), token)
    if _never_sent(exc):
        return ForgeError(
            f"cannot {what}: the forge cannot be reached ({words})",
            hint="Check the network and the forge's address, then run it again.",
        )
    if isinstance(exc, requests.Timeout):
        words = "no answer in time"
    return _lost(what, words, act=act)


def _never_sent(exc: requests.RequestException) -> bool:
    reason = getattr(exc.args[0], "reason", None) if exc.args else None
    return (
        isinstance(exc, (requests.ConnectTimeout, requests.exceptions.ProxyError))
        or isinstance(reason, urllib3.exceptions.NewConnectionError)
        or "CERTIFICATE_VERIFY_FAILED" in str(reason)
    )


def _lost(what: str, words: str, *, act: bool) -> ForgeError:
    if act:
        return OutcomeUnknown(
            f"the forge was asked to {what}, and what became of it is unknown: {words}",
            hint="Run it again: what is already there is found and not made twice.",
        )
    return NoAnswer(f"cannot {what}: {words}", hint="Run it again in a while.")


def _clean(text: str, token: str | None) -> str:
    return printable(text.replace(token, "***") if token else text)
