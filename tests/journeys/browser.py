"""Signing in by the browser, and what axe and the width of the screen find wrong with a page."""

from pathlib import Path

from tests.conftest import PASSWORD

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 320)


def faults_of(page, width):
    page.evaluate(f"{AXE}; undefined")
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    faults = [(v["id"], [node["target"] for node in v["nodes"]]) for v in found["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return faults + ([("wider than the screen", wide)] if wide > width else [])


def sign_in(page, live_server, email):
    page.goto(live_server.url + "/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(live_server.url + "/")
