"""`submit --preview` and `--check` at the command line."""

from __future__ import annotations

from submit_world import kinds


def shown(world):
    return {p["number"]: (p["title"], p["body"].replace("\r\n", "\n")) for p in world.pulls()}


def test_what_is_previewed_is_what_the_next_submit_says(sent):
    sent.text("b", "# Another title\n\nAnother text.\n")
    sent.edit_patch("c", b"+c\n", b"+c, better\n")
    sent.good("rebase")
    before = shown(sent)
    sent.door.seen.clear()
    previews = sent.good("submit", "--preview")["previews"]
    assert sent.door.writes == []
    assert shown(sent) == before
    sent.submit()
    assert {p["number"]: (p["title"], p["body"]) for p in previews} == shown(sent)


def test_one_is_printed_several_are_files(world):
    ran = world._run("submit", "--preview", "b", cwd=world.folder)
    assert ran.code == 0
    assert ran.out.startswith("b\n\n<!-- stacker:begin")
    assert "#-" not in ran.out  # it has no number yet
    said = world._run("submit", "--preview", cwd=world.folder).out
    for stage in "abc":
        file = world.folder / ".stacker" / "preview" / f"{stage}.md"
        assert str(file) in said
        assert file.read_text(encoding="utf-8").startswith(f"{stage}\n\n")
    assert world.pulls() == []
    assert kinds(world.submit())[0] == "push"


def test_a_check_asks_nobody(world):
    world.close()  # no forge is there
    assert world.good("submit", "--check", "b") == {"findings": []}
    text = world.plan_text().replace('publish = "append"', 'publish = "append"\npreset = "cpython"')
    (world.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    ran = world._run("submit", "--check", cwd=world.folder)
    assert ran.code == 5
    assert "a: it names no issue -> " in ran.out
    assert world.run("submit", "--check", "--preview").code == 2
    world.serve()
