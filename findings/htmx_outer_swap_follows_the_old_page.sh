#!/usr/bin/env bash
# htmx 4.0.1 and Chromium: after an outerHTML swap of the whole page a page that was scrolled by a few pixels is at its end.
#
# A swap with `show:none` should leave the page where it is. htmx puts the new element before the old one and, between
# that and the removal of the old one, sends an event for each element that it cleans up. If any listener asks for a size
# or position there, the browser lays the page out at twice its height, and scroll anchoring (CSS Scroll Anchoring, level
# 1) follows the old element downwards; when that is removed, the page stands at its end. At the very top nothing
# happens, so a short test does not see it. `overflow-anchor: none` on body keeps the page in its place.
#
# Needs a Chromium: that of Debian (`chromium` on the PATH), or the one in $CHROMIUM.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check --no-deps django-htmx==1.29.0
"$place/venv/bin/pip" install -q --disable-pip-version-check playwright==1.65.2
CHROMIUM=${CHROMIUM:-$(command -v chromium)} "$place/venv/bin/python" - <<'PY'
import os
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import sync_playwright

htmx = (Path(find_spec("django_htmx").origin).parent / "static/django_htmx/htmx-4.min.js").read_text("utf-8")
rows = "".join(f"<p>Row {number} <a href='/{number}'>link</a></p>" for number in range(200))
page_of = """<!doctype html><html><head><style>{style}</style></head><body hx-boost:inherited="true">
<div id="page"><form method="post" action="/save" hx-target="#page" hx-select="#page" hx-swap="outerHTML show:none">
<button>Save</button></form>{rows}</div>
<script>document.addEventListener("htmx:before:cleanup", () => document.documentElement.scrollHeight)</script>
<script type="module" src="/htmx.js"></script></body></html>"""


def seen(browser, style):
    """Where the page stands before and after a form was sent, in pixels, and its end."""
    page = browser.new_page(viewport={"width": 800, "height": 600})

    def answer(route):
        if route.request.url.endswith(".js"):
            return route.fulfill(body=htmx, content_type="text/javascript")
        return route.fulfill(body=page_of.format(style=style, rows=rows), content_type="text/html")

    page.route("http://shop.example/**", answer)
    page.goto("http://shop.example/")
    page.evaluate("window.scrollTo(0, 5)")
    page.wait_for_timeout(300)
    before = page.evaluate("scrollY")
    page.get_by_role("button", name="Save").click()
    page.wait_for_timeout(1000)
    end = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    return before, page.evaluate("scrollY"), end


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
    places = {name: seen(browser, style) for name, style in (
        ("as it is", ""), ("body", "body { overflow-anchor: none }"))}
    print(browser.version, places)
    browser.close()
before, after, end = places["as it is"]
assert (before, after) == (5, end), "htmx or the browser has changed"
assert places["body"][1] == 5, "body does not help any more"
PY
