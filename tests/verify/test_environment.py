from __future__ import annotations

from stacker.verify.environment import asked_for, build_environment

CALLER = {
    "PATH": "/bin",
    "Path": "C:\\bin",
    "LANG": "C",
    "HOME": "/home/me",
    "GITHUB_TOKEN": "t",
    "CC": "gcc",
    "SSH_AUTH_SOCK": "/s",
    "GIT_DIR": "/elsewhere",
    "DB_PASSWORD": "p",
    "AWS_ACCESS_KEY_ID": "a",
}


def test_a_check_gets_what_builds_need_and_a_home_of_its_own(tmp_path):
    found = build_environment(CALLER, ["CC", "GITHUB_TOKEN", "DB_PASSWORD", "ABSENT"], tmp_path)
    assert found["CC"] == "gcc"
    assert found["PATH"] == "/bin"
    assert found["Path"] == "C:\\bin"
    assert found["HOME"] == found["USERPROFILE"] == str(tmp_path / "home")
    assert found["TMPDIR"] == found["TEMP"] == str(tmp_path / "tmp")
    assert found["GIT_CEILING_DIRECTORIES"] == str(tmp_path.parent)
    assert not {"GITHUB_TOKEN", "SSH_AUTH_SOCK", "GIT_DIR", "DB_PASSWORD", "ABSENT"} & set(found)
    assert (tmp_path / "home").is_dir()
    assert (tmp_path / "tmp").is_dir()


def test_only_what_was_asked_for_counts_in_a_key():
    assert asked_for(CALLER, ["CC", "GITHUB_TOKEN"]) == {"CC": "gcc"}
    assert asked_for(CALLER, []) == {}
    assert asked_for(CALLER, list(CALLER)).keys() & {"DB_PASSWORD", "AWS_ACCESS_KEY_ID"} == set()
