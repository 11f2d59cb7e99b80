"""Take docs/figures/review_page_*.png, pictures of the page in Chromium; print sizes and times."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.inspection import write_report
from xrpdsim.sorting import Screen, sort_screen

HERE = Path(__file__).parent
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
COMMAND = "xrpdsim sort screen --references known --out report.html"
CLICK = """
const done = arguments[arguments.length - 1];
document.querySelectorAll(arguments[0])[arguments[1]].dispatchEvent(
  new MouseEvent("click", { bubbles: true }));
requestAnimationFrame(() => setTimeout(done, 0));
"""


def main() -> None:
    """Sort two screens, show the smaller one, and measure how both pages answer a click."""
    with tempfile.TemporaryDirectory() as folder:
        pages = {
            n: write_page(Path(folder) / f"{n}.html", n, seed) for n, seed in ((96, 7), (500, 3))
        }
        browser = open_browser(folder)
        for n, page in pages.items():
            print(f"{n} patterns: {page.stat().st_size / 1e6:.2f} MB")
            measure(browser, page)
        show(browser, pages[96], "questions", "questions", [])
        show(
            browser, pages[96], "viewer", "viewer-heading", [("#viewer button", "typical patterns")]
        )
        browser.quit()


def write_page(path, n_patterns, seed):
    campaign = make_screening_campaign(
        1, 4, n_patterns, preset="well-plate", amorphous_share=0.05, mixture_share=0.06,
        random_state=seed,
    )  # fmt: skip
    grid = campaign.two_theta
    wells = [f"{chr(65 + k % 96 // 12)}{k % 12 + 1}" for k in range(n_patterns)]
    files = [f"plate{k // 96 + 1}_{well}.xy" for k, well in enumerate(wells)]
    forms = ("I", "II", "III")
    first = [int(np.flatnonzero(campaign.form.astype(str) == form)[0]) for form in forms]
    references = Screen(
        campaign.X[first], grid, [f"Form {form}.xy" for form in forms], "known",
        forms=[f"Form {form}" for form in forms],
    )  # fmt: skip
    screen = Screen(campaign.X, grid, files, "screen", wells=wells)
    write_report(sort_screen(screen, references=references), path, run={"command": COMMAND})
    return path


def open_browser(folder):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync",
        "disable-background-networking", "disable-component-update", "hide-scrollbars",
        f"user-data-dir={folder}/profile",
    ):  # fmt: skip
        options.add_argument(f"--{argument}")
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    browser.set_script_timeout(60)
    size = {"width": 1200, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    # processor time of the page's thread, whatever else the computer does
    browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    return browser


def measure(browser, page):
    browser.get(page.as_uri())
    print(f"  opened after {busy(browser):.0f} ms of processor time")
    for css, numbers in (
        ("g[data-row] > .mark", range(0, 10)),
        ("tr[data-row]", range(20, 30)),
        ("#question button", [0, 1, 2, 0, 1, 2]),
        ("#bar-undo", [0] * 6),
    ):
        times = []
        for number in numbers:
            before = busy(browser)
            browser.execute_async_script(CLICK, css, number)
            times.append(busy(browser) - before)
        print(f"  {css}: median {np.median(times):.0f} ms, at most {max(times):.0f} ms")


def busy(browser):
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return 1000 * next(each["value"] for each in metrics if each["name"] == "TaskDuration")


def show(browser, page, name, heading, click):
    browser.get(page.as_uri())
    for css, text in click:
        buttons = browser.find_elements("css selector", css)
        (button,) = [each for each in buttons if each.text == text]
        browser.execute_script("arguments[0].click()", button)
    browser.execute_script("document.getElementById(arguments[0]).scrollIntoView()", heading)
    browser.save_screenshot(str(HERE / f"review_page_{name}.png"))


if __name__ == "__main__":
    main()
