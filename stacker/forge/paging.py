"""Questions to one repository by GraphQL, and the pages of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.answers import expect_bool, expect_list, expect_str

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stacker.forge.connection import Connection

PAGE = "pageInfo { hasNextPage endCursor }"
_MOST_PAGES = 100


def ask_repository(
    connection: Connection,
    repository: str,
    fields: Sequence[str],
    variables: Mapping[str, str],
    *,
    fragments: str = "",
) -> object:
    """What the repository answers to these fields of it; all variables are texts."""
    owner, _, name = repository.partition("/")
    declared = "".join(f", ${variable}: String!" for variable in variables)
    document = f"""query($owner: String!, $name: String!{declared}) {{
      repository(owner: $owner, name: $name) {{ {" ".join(fields)} }} }}{fragments}"""
    what = f"read pull requests of {repository}"
    return connection.read_graph(what, document, {"owner": owner, "name": name, **variables})


def nodes(connection: object, more: Callable[[str], object]) -> Iterator[object]:
    """All nodes of a GraphQL connection, page after page; `more` asks for that behind a cursor."""
    for _ in range(_MOST_PAGES):
        yield from expect_list(connection, "nodes")
        if not expect_bool(connection, "pageInfo", "hasNextPage"):
            return
        connection = more(expect_str(connection, "pageInfo", "endCursor"))
    raise ForgeError(f"the forge's answer has more than {_MOST_PAGES} pages")
