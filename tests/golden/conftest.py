"""What the golden cases begin with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from beside import made

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def case(tmp_path: Path, run_stacker: Any, history: Any) -> Callable[..., Any]:
    """`case(base={...}, ours={...}, upstream={...})` draws one: see `beside.Case`."""
    return partial(made, tmp_path, run_stacker, history)
