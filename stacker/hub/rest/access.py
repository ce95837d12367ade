"""What the handlers share: rights asked for, and long lists handed out page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from stacker.hub import repositories
from stacker.hub.call import Answer, invalid, needs_admin, not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.hub.bare import Bare
    from stacker.hub.call import Call, Json
    from stacker.hub.records import Account, Right

    Item = TypeVar("Item")

_PAGE, _LARGEST_PAGE = 30, 100


def require(call: Call, right: Right) -> Account:
    """The caller, who must have this right; 401 for nobody, 403 for too little."""
    if repositories.right(call.db, call.repository, call.user) < right:
        raise needs_admin()
    return call.user


def require_hidden(call: Call, right: Right) -> Account:
    """The same for things that GitHub hides from those without the right (404)."""
    if repositories.right(call.db, call.repository, call.user) < right:
        raise not_found()
    return call.user


def git_side(call: Call) -> Bare:
    """The git side of the repository in the address."""
    return repositories.bare(call.site, call.repository)


def page_of(call: Call, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, str]]:
    """The part of a list that the query's `page` and `per_page` ask for, and its Link header."""
    size = min(max(_whole(call, "per_page", _PAGE), 1), _LARGEST_PAGE)
    number = max(_whole(call, "page", 1), 1)
    last = max(1, -(-len(items) // size))
    there: list[tuple[str, int]] = []
    if number > 1:
        there += [("prev", min(number - 1, last)), ("first", 1)]
    if number < last:
        there += [("next", number + 1), ("last", last)]
    links = [f'<{_address(call, target)}>; rel="{word}"' for word, target in there]
    headers = {"Link": ", ".join(links)} if links else {}
    return items[(number - 1) * size : number * size], headers


def listed(call: Call, items: Sequence[Item], show: Callable[[Item], Json]) -> Answer:
    """One page of a list."""
    part, headers = page_of(call, items)
    return Answer([show(item) for item in part], headers=headers)


def _address(call: Call, number: int) -> str:
    query = {name: value for name, value in call.query.items() if name != "page"}
    return f"{call.origin}{quote(call.path)}?{urlencode(query | {'page': str(number)})}"


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid("Request", name)
    return int(text)
