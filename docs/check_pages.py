"""Does anything run out of its place on a page of the built site?

    python docs/check_pages.py docs/_build/html

Opens every page in Chromium, 800 and 1400 pixels wide. At neither does a page scroll sideways; at
1400 no line of code is wider than its box, and at 800 the box scrolls, so nothing sticks out of it.
Tables may scroll within their own box. Formulas, which a script from the internet sets, are not
looked at. Needs chromium, chromedriver and selenium.
"""

import argparse
import shutil
import sys
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

WIDE, NARROW = 1400, 800

WHAT_STICKS_OUT = """
const found = [], root = document.documentElement;
if (root.scrollWidth > root.clientWidth)
  found.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
for (const box of document.querySelectorAll("article pre")) {
  const more = box.scrollWidth - box.clientWidth, text = box.textContent.trim().slice(0, 50);
  const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
  if (more > 1 && (arguments[0] || !scrolls)) found.push(`code ${more} px too wide: ${text}`);
}
for (const box of document.querySelectorAll("article img, article figure"))
  if (box.getBoundingClientRect().right > box.closest("article").getBoundingClientRect().right + 1)
    found.push(`a picture runs out: ${box.currentSrc || box.textContent.trim().slice(0, 50)}`);
return found;
"""


def browser():
    """Return Chromium without a window, and without a network to wait for."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    offline = "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"
    for argument in ("headless=new", "no-sandbox", "disable-gpu", offline):
        options.add_argument(f"--{argument}")
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def main():
    """Print what sticks out; the exit status is 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    site = parser.parse_args().site.resolve()
    pages = [page for page in sorted(site.rglob("*.html")) if "_static" not in page.parts]
    driver, bad = browser(), 0
    for page in pages:
        driver.get(page.as_uri())
        for width in (NARROW, WIDE):
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            for what in driver.execute_script(WHAT_STICKS_OUT, width == WIDE):
                print(f"{page.relative_to(site)}, {width} px: {what}", flush=True)
                bad += 1
    driver.quit()
    print(f"{len(pages)} pages at two widths, {bad} places")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
