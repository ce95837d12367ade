from __future__ import annotations


def test_verbose_shows_where_an_error_comes_from(run_stacker):
    plain, verbose = run_stacker("status"), run_stacker("-v", "status")
    assert plain.code == verbose.code == 1
    assert "Traceback" not in plain.err
    assert "Traceback" in verbose.err
    assert "no series.toml" in verbose.err
