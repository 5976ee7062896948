"""The page in a real browser, opened from its file: it looks as it should, sorts, unfolds, and asks for nothing.

It drives Debian's Chromium, which `.ci/browser` installs, by playwright in an environment of its own. Pictures are kept
where LLMCOST_PICTURES says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("LLMCOST_PICTURES")
DRIVE = """\
import json, sys
from playwright.sync_api import sync_playwright

page_file, folder, name, chromium = sys.argv[1:]
said, asked, found = [], [], {}
with sync_playwright() as play:
    options = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    browser = play.chromium.launch(executable_path=chromium, args=options)
    for scheme in ("light", "dark"):
        for width in (400, 1400):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("request", lambda request: asked.append(request.url))
            page.goto("file://" + page_file)
            page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=width > 400)
            wide = page.evaluate("document.documentElement.scrollWidth")
            found.setdefault("overflow", []).append(wide - width)
            if (scheme, width) == ("light", 1400):
                column = "() => [...document.querySelector('table.sortable').tBodies[0].rows].map(row => row.cells[2].dataset.value)"
                found["costs"] = page.evaluate(column)
                head = page.get_by_role("button", name="cost").first
                head.click()
                found["up"] = page.evaluate(column)
                head.press("Enter")
                found["down"] = page.evaluate(column)
                found["order"] = page.get_by_role("columnheader", name="cost").first.get_attribute("aria-sort")
                summary = page.locator("tbody summary").first
                summary.focus()
                page.keyboard.press("Enter")
                found["explained"] = page.locator("tbody details[open] pre").first.inner_text()
                found["charts"] = page.get_by_role("img").count()
                found["widths"] = page.evaluate(
                    "() => [...document.querySelectorAll('svg rect')].map(each => Number(each.getAttribute('width')))"
                )
                found["colour"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
            if (scheme, width) == ("dark", 1400):
                found["dark"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
            page.close()
    browser.close()
print(json.dumps({**found, "said": said, "asked": asked}))
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that drives the browser."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium here; .ci/browser installs it")
    place = tmp_path_factory.mktemp("playwright")
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    made = subprocess.run([str(place / "bin" / "pip"), "install", "-q", "playwright"], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"playwright cannot be installed here: {made.stderr[-200:]}")
    return place / "bin" / "python"


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("three", ("compare", "chat-support", "-m", "qwen3.6-plus,gpt-5,claude-sonnet-5-5")),
        ("many", ("compare", "--all", "--top", "300", "--requests", "1M", "--input", "2000", "--output", "500")),
        (
            "moved",
            ("compare", "chat-support", "-m", "qwen3.6-plus,claude-opus-5-5", "--months", "6", "--vary", "turns=2..30"),
        ),
    ],
)
def test_the_page_in_a_browser(name: str, ask: tuple[str, ...], driver: Path, tmp_path: Path) -> None:
    """No error, no request beside the file, no sideways scroll; the table sorts by click and key, both schemes differ."""
    pictures = Path(PICTURES or tmp_path)
    file = tmp_path / f"{name}.html"
    made = [sys.executable, "-m", "llmcost", *ask, "--on", "2026-11-29", "-q", "-o", str(file)]
    subprocess.run(made, check=True, capture_output=True)
    script = tmp_path / "drive.py"
    script.write_text(DRIVE, encoding="utf-8")
    command = [str(driver), str(script), str(file), str(pictures), name, str(CHROMIUM)]
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    ran = subprocess.run(command, capture_output=True, text=True, timeout=180, env=home)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)

    assert seen["said"] == []
    assert set(seen["asked"]) == {f"file://{file}"}
    assert max(seen["overflow"]) <= 0
    costs = [float(cost) for cost in seen["costs"] if cost is not None]
    shown = [float(cost) for cost in seen["up"] if cost is not None][: len(costs)]
    assert shown == sorted(costs)
    assert [float(cost) for cost in seen["down"] if cost is not None][: len(costs)] == sorted(costs, reverse=True)
    assert seen["order"] == "descending"
    assert "total" in seen["explained"]
    assert seen["charts"] >= 1
    assert all(width >= 0 for width in seen["widths"])
    assert seen["colour"] != seen["dark"]
    assert sorted(each.name for each in pictures.glob(f"{name}-*.png")) == [
        f"{name}-{scheme}-{width}.png" for scheme in ("dark", "light") for width in (1400, 400)
    ]
