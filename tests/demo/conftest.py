"""The miniature upstreams, and the flagship's chains on them before and after the drift."""

from __future__ import annotations

import pytest
from flagship_lab import CPYTHON_CHAIN, Lab, new_lab


@pytest.fixture(scope="session")
def cpython(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The stages on the base, as chains; `libffi` also alone, as it is in its own chain."""
    lab = new_lab(tmp_path_factory.mktemp("cpython"), "cpython")
    base = lab.built.base
    lab.stages["base"] = base
    lab.stages["openssl"] = lab.apply("openssl", base)
    lab.stages["libffi"] = lab.apply("libffi", base)
    both, met = lab.replay(f"{base}..{lab.stages['libffi']}", lab.stages["openssl"], solve=False)
    assert met == []
    for stage in CPYTHON_CHAIN[2:]:
        both = lab.stages[stage] = lab.apply(stage, both)
    return lab


@pytest.fixture(scope="session")
def rebased(cpython: Lab) -> dict[str, str]:
    """The same stages on the tip of the drift, the one conflict solved."""
    lab, base, tip = cpython, cpython.built.base, cpython.built.tip
    new = {"base": tip}
    new["openssl"], _ = lab.replay(f"{base}..{lab.stages['openssl']}", tip, solve=False)
    new["libffi"], _ = lab.replay(f"{base}..{lab.stages['libffi']}", tip, solve=False)
    for stage in CPYTHON_CHAIN[2:]:
        new[stage], _ = lab.replay(f"{base}..{lab.stages[stage]}", tip, solve=True)
    return new


@pytest.fixture(scope="session")
def bin_deps(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = new_lab(tmp_path_factory.mktemp("bin-deps"), "cpython-bin-deps")
    lab.stages["base"] = lab.built.base
    lab.stages["openssl-arm"] = lab.apply("openssl-arm", lab.built.base)
    return lab
