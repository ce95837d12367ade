"""The page as people use it, in a real browser: clicks, keys, sizes, colours, hostile words."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
import report_samples as made
import status_samples as samples

from stacker.report.gather import OwnChange
from stacker.report.versions import normal

AXE = """
    axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations.map(
        (one) => `${one.id}: ${one.nodes.map((n) => `${n.target} ${n.failureSummary}`)}`))
"""
EVIL = "<img src=x onerror=\"broken.push('ran')\"><script>broken.push('ran')</script>'\"&{{7*7}}"


@pytest.fixture(scope="module")
def usual():
    return made.html(made.usual())


def test_each_kind_of_person_has_a_view(open_page, usual):
    one = open_page(usual)
    assert one.seen("#stages-heading")
    assert not one.seen("#groups-heading")
    one.page.get_by_role("link", name="Coordinator").click()
    assert one.seen("#groups-heading")
    assert "#14 has 0 of 1 approvals that stand" in one.page.locator(".group").first.inner_text()
    assert not one.seen("#stages-heading")
    one.page.get_by_role("link", name="Reviewer").click()
    assert one.page.locator(".stage:visible h3").inner_text() == "Title of libffi"
    assert one.page.locator(".views [aria-current]").inner_text().startswith("Reviewer")
    one.page.go_back()
    assert one.seen("#groups-heading")
    assert (one.asked, one.broken, one.said) == ([], [], [])


def test_a_stage_in_the_picture_leads_to_its_page(open_page, usual):
    one = open_page(usual)
    one.page.locator(".picture-1 a[href='#stage-ctypes']").click()
    assert one.page.locator(".stage:visible").get_attribute("id") == "stage-ctypes"
    assert one.page.evaluate("document.activeElement.textContent") == "Title of ctypes"


def test_why_there_is_no_evidence_is_said_in_the_matrix(open_page, usual):
    one = open_page(usual)
    row = one.page.locator(".matrix tr", has=one.page.locator("a[href='#stage-ctypes']"))
    assert row.locator("td").all_inner_texts() == [
        "✕ failed\n2019-04-25 (box-1)", "○ no evidence\nthe box has been silent for 9 days",
    ]  # fmt: skip


def test_logs_and_files_unfold(open_page, usual):
    one = open_page(usual, "#stage-ctypes")
    assert not one.seen(".stage.current .log pre")
    one.page.locator(".stage.current .log summary").click()
    assert "error: no such function" in one.page.locator(".stage.current .log pre").inner_text()
    code = one.page.locator(".stage.current .code")
    assert not code.is_visible()
    one.page.locator(".stage.current .file summary").click()
    assert code.is_visible()
    assert code.locator("del").inner_text() == '    return "x86"\n'
    assert code.locator("ins .k").all_inner_texts() == ["return", "or"]
    one.page.get_by_role("button", name="Unfold all").click()
    one.page.get_by_role("button", name="Fold all").click()
    assert not code.is_visible()


def test_two_versions_are_compared(open_page, usual):
    one = open_page(usual, "#stage-ctypes")
    place = one.page.locator(".stage.current .compare")
    assert place.locator("select").first.locator("option").all_inner_texts() == [
        "v40 · 2026-11-30 · rebase", "v39 · 2026-11-30 · rebase",
    ]  # fmt: skip
    place.get_by_role("button", name="Compare").click()
    assert place.locator(".dual .went").all_inner_texts() == ["- +one"]
    assert place.locator(".dual .came").all_inner_texts() == ["+ +two"]
    place.get_by_label("From version").select_option("40")
    place.get_by_role("button", name="Compare").click()
    assert "the same patches" in place.inner_text()
    one.page.goto(one.page.url.partition("#")[0] + "#porter")
    everything = one.page.locator("section .compare[data-stage='']")
    everything.get_by_role("button", name="Compare").click()
    assert everything.locator(".pair").count() == 1


def test_the_script_finds_the_shortest_difference(open_page):
    old = [f"line {n}" for n in range(300)]
    new = [f"line {n}" for n in range(300) if n not in (5, 150)]
    new[200:200] = ["came", "came too"]
    text = ["\n".join(["Subject", *lines]) for lines in (new, old)]
    found = made.facts(
        samples.stage("a"),
        versions=made.versions((2, {"a": [text[0]]}), (1, {"a": [text[1]]})),
    )
    one = open_page(made.html(found), "#stage-a")
    one.page.get_by_role("button", name="Compare").click()
    assert one.page.locator(".dual .went").all_inner_texts() == ["- line 5", "- line 150"]
    assert one.page.locator(".dual .came").all_inner_texts() == ["+ came", "+ came too"]


def test_all_of_it_goes_by_keys(open_page, usual):
    one = open_page(usual)
    keys = one.page.keyboard
    keys.press("Tab")
    assert one.page.evaluate("document.activeElement.className") == "skip"
    keys.press("3")
    assert one.seen("#groups-heading")
    keys.press("2")
    keys.press("j")
    assert one.page.evaluate("location.hash") == "#stage-build"
    keys.press("e")
    assert one.seen(".stage.current .code")
    keys.press("k")
    assert one.page.evaluate("location.hash") == "#stage-libffi"
    one.page.locator("#find").focus()
    keys.type("ctj")  # letters, where somebody writes
    assert one.page.locator(".list li:visible").count() == 0
    keys.press("Backspace")
    assert one.page.locator(".list li:visible").all_inner_texts()[0].split()[1] == "ctypes"
    keys.press("Tab")
    keys.press("Enter")
    assert one.page.evaluate("location.hash") == "#stage-ctypes"


def test_colours_are_the_systems_until_somebody_chooses(open_page, usual):
    one = open_page(usual, scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert one.page.evaluate(ground) == "rgb(19, 21, 26)"
    button = one.page.get_by_role("button", name="Colours")
    button.click()
    assert button.get_attribute("aria-label") == "Colours: light"
    assert one.page.evaluate(ground) == "rgb(247, 247, 245)"
    one.page.reload()
    assert one.page.evaluate(ground) == "rgb(247, 247, 245)"
    one.page.keyboard.press("t")
    one.page.keyboard.press("t")
    assert one.page.evaluate(ground) == "rgb(19, 21, 26)"


def test_axe_finds_nothing(open_page, usual):
    one = open_page(usual, "#stage-ctypes")
    one.page.keyboard.press("e")
    one.page.locator(".stage.current .log summary").click()
    one.page.get_by_role("button", name="Compare").click()
    # All views and stages at once, as who has no script sees them.
    one.page.evaluate("document.documentElement.classList.remove('script')")
    axe = Path(pytest.importorskip("axe_playwright_python").__file__).with_name("axe.min.js")
    one.page.evaluate(axe.read_text(encoding="utf-8"))
    for scheme in ("light", "dark"):
        one.page.evaluate(f"document.documentElement.dataset.theme = '{scheme}'")
        assert one.page.evaluate(AXE) == []


def test_nothing_is_wider_than_a_telephone(open_page, usual):
    one = open_page(usual, width=390)
    for view in ("porter", "coordinator", "stage-ctypes"):
        one.page.evaluate(f"location.hash = '{view}'")
        one.page.keyboard.press("e")
        assert one.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert one.page.locator(".picture-3").count() == 1


def test_without_a_script_all_views_are_there(open_page, usual):
    one = open_page(usual, script=False)
    for heading in ("#stages-heading", "#groups-heading", "#stage-ctypes h3", "#history-heading"):
        assert one.seen(heading)
    assert one.page.locator(".needs-script:visible").count() == 0


def test_hostile_words_are_shown_and_do_nothing(open_page):
    diff = made.DIFF.replace(b"last = 1", EVIL.encode() + b"</pre></details>\xff\xe2\x80\xae")
    text = normal(b"From: x <x@y>\nSubject: %s\n\nbody\n---\n" % EVIL.encode() + diff)
    stage = samples.submitted("a", 1, opinion=replace(
        samples.opinion(approved_by=(EVIL,)), url="javascript:broken.push('ran')",
    ), evidence=made.red("a"))  # fmt: skip
    found = made.facts(
        stage,
        texts={"a": (EVIL, f"{EVIL}\n- </div>")},
        changes={"a": OwnChange(made.change(message=EVIL.encode()).commits, ("e" * 40,), diff)},
        logs={"k1": (EVIL, "</script>\u202e")},
        versions=made.versions((2, {"a": [text]}), (1, {"a": [f"{EVIL}\n</script>"]})),
        forecast=EVIL,
    )
    one = open_page(made.html(found), "#stage-a")
    one.page.keyboard.press("e")
    one.page.locator(".stage.current .log summary").click()
    one.page.get_by_role("button", name="Compare").click()
    assert one.page.locator(".stage.current h3").inner_text() == EVIL
    shown = one.page.locator(".stage.current").inner_text()
    assert f"{EVIL}</pre></details>\\xff\\u202e" in shown
    assert one.page.locator(".stage.current a[href^='javascript']").count() == 0
    assert one.page.locator("img").count() == 0
    assert (one.asked, one.broken, one.said) == ([], [], [])


def test_what_would_run_if_it_came_through_is_stopped_by_the_policy(open_page, usual):
    evil = usual.replace(
        b"</main>", b"<script>window.ran = 1</script><img src='https://e.org/'></main>"
    )
    one = open_page(evil)
    assert one.page.evaluate("window.ran") is None
    assert sorted(one.broken) == ["img-src https://e.org/", "script-src-elem inline"]


def test_a_hundred_stages_are_there_without_delay(open_page):
    content = made.html(made.many(100))
    since = time.perf_counter()
    one = open_page(content, "#stage-stage-0050")
    one.page.keyboard.press("e")
    one.page.keyboard.press("j")
    assert one.page.locator(".stage:visible").get_attribute("id") == "stage-stage-0051"
    assert time.perf_counter() - since < 5  # about 0.5 s on one core; a busy machine has time
