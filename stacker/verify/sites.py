"""Where the cells of a request are built: on this machine, and by runners."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING

from stacker.verify.attempts import attempted
from stacker.verify.build import Builder
from stacker.verify.lane import lane_of
from stacker.verify.site import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stacker.evidence.record import Record
    from stacker.verify.matrix import Cell
    from stacker.verify.request import Event, VerifyRequest
    from stacker.verify.runner import Stop


@contextmanager
def sites(
    request: VerifyRequest, cells: Sequence[Cell], stop: Stop, say: Callable[[Event], None]
) -> Iterator[dict[str, Site[tuple[Record, str]]]]:
    """This machine, and the runners that have something to build, by name.

    `say` is called from the threads of all of them.
    """
    here = Builder(request, stop)
    found = {"": Site(partial(attempted, here), request.jobs, lane_of)}
    with ExitStack() as stack:
        for runner in dict.fromkeys(cell.runner for cell in cells if cell.runner):
            from stacker.verify.bots import Bots  # noqa: PLC0415 - an HTTP client, seldom needed

            theirs = [cell for cell in cells if cell.runner == runner]
            bots = stack.enter_context(Bots(request, runner, theirs, stop, say))
            at_once = request.access[runner].at_once
            found[runner] = Site(partial(attempted, bots), at_once, attrgetter("key"))
        yield found


def in_turn(say: Callable[[Event], None]) -> Callable[[Event], None]:
    """The same for several threads, of which one speaks at a time."""
    one_at_a_time = Lock()

    def tell(event: Event) -> None:
        with one_at_a_time:
            say(event)

    return tell
