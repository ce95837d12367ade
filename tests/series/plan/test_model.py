"""The plan's values: lookups, immutability, kinds of upstream."""

import pytest
from plan_strategies import FLAGSHIP

from stacker.errors import UsageError
from stacker.series.plan.model import Repository
from stacker.series.plan.order import CycleError, needs_first
from stacker.series.plan.reading import parse_plan
from stacker.series.plan.upstream import UpstreamKind, carries_secret, is_forge_url, upstream_kind

PLAN = parse_plan(FLAGSHIP, "series.toml")


def test_lookups():
    assert PLAN.stage("build").needs == ("openssl", "libffi", "openssl-arm")
    assert PLAN.repository("bin-deps").branch == "openssl-bin"
    assert PLAN.default_repository.name == "cpython"
    final = PLAN.group("final")
    assert final.stages == ("build", "ctypes", "test-skips", "library")
    assert PLAN.group_of("ctypes") is final
    assert PLAN.group_of("libffi") is None
    assert PLAN.in_order({"library", "openssl", "nothing"}) == ("openssl", "library")


def test_a_lookup_that_fails_names_what_there_is():
    with pytest.raises(UsageError) as caught:
        PLAN.group("zzz")
    assert caught.value.hint == "the plan has: final"


def test_plans_are_equal_by_what_is_written_and_cannot_be_changed():
    again = parse_plan(FLAGSHIP, "series.toml")
    assert again == PLAN
    assert again._replace(groups=()) != PLAN
    with pytest.raises(AttributeError):
        again.name = "another"
    (platform,) = (one for one in again.platforms if one.without)
    with pytest.raises(TypeError):
        platform.without["x"] = "y"


def test_a_plan_with_other_stages_has_another_order():
    stage = PLAN.stage("libffi")
    assert PLAN.order.index("libffi") < PLAN.order.index("build")
    assert PLAN._replace(stages=(stage,)).order == ("libffi",)


def test_a_circle_is_told_as_a_path():
    with pytest.raises(CycleError, match=r"^b -> c -> b$"):
        needs_first({"a": ["b"], "b": ["c"], "c": ["b"]})


@pytest.mark.parametrize(
    ("upstream", "kind"),
    [
        ("python/cpython", UpstreamKind.FORGE),
        ("a/b.c_d-e", UpstreamKind.FORGE),
        ("./up", UpstreamKind.PATH),
        ("../up", UpstreamKind.PATH),
        ("/srv/up.git", UpstreamKind.PATH),
        ("~/up", UpstreamKind.PATH),
        ("C:\\up", UpstreamKind.PATH),
        ("D:/up", UpstreamKind.PATH),
        ("\\\\server\\share", UpstreamKind.PATH),
        ("https://github.com/python/cpython", UpstreamKind.URL),
        ("ssh://git@github.com/x/y", UpstreamKind.URL),
        ("git@github.com:x/y.git", UpstreamKind.URL),
        ("file:///srv/up.git", UpstreamKind.URL),
        ("up", None),
        ("a/b/c", None),
        ("a/..", None),
        ("-a/b", None),
        ("--upload-pack=x", None),
        ("ext::sh -c touch% x", None),
        ("ssh://-oProxyCommand=x/y", None),
        ("git@github.com:-x", None),
        ("https://[broken/x", None),
        ("https://x.org:port/y", None),
        ("a/b\n", None),
    ],
)
def test_kind_of_upstream(upstream, kind):
    assert upstream_kind(upstream) is kind
    if kind:
        assert Repository(name="r", upstream=upstream).kind is kind


def test_secrets_in_urls():
    assert carries_secret("https://me:secret@github.com/x/y")
    assert carries_secret("https://token@github.com/x/y")
    assert carries_secret("ssh://git:secret@github.com/x/y")
    assert not carries_secret("ssh://git@github.com/x/y")
    assert not carries_secret("git@github.com:x/y")
    assert not carries_secret("https://github.com/x/y@v1")


def test_where_a_forge_may_be():
    assert is_forge_url("https://ghe.example.com")
    assert is_forge_url("https://ghe.example.com:8443/")
    assert is_forge_url("http://127.0.0.1:8080")
    assert not is_forge_url("http://ghe.example.com")
    assert not is_forge_url("https://ghe.example.com/api/v3")
    assert not is_forge_url("file:///x")
