"""Chromium, driven as a person would."""

import json
import shutil
import time
from pathlib import Path

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@pytest.fixture(scope="session")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory, downloads):
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("needs chromium and chromedriver (Debian: chromium chromium-driver)")
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run",
        "disable-background-networking", "disable-component-update", "disable-sync",
        f"user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):  # fmt: skip
        options.add_argument(f"--{argument}")
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


class Page:
    """The page in the browser, by what a person sees of it."""

    def __init__(self, driver, downloads):
        self.driver = driver
        self.downloads = downloads

    def open(self, path, width=1400, height=900, dark=False):
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.get(Path(path).as_uri())

    def ask(self, script, *arguments):
        return self.driver.execute_script(f"return {script}", *arguments)

    def find(self, css):
        return self.driver.find_elements("css selector", css)

    def click(self, css, text=None):
        """Click the element, or the one of them that says this."""
        (element,) = [each for each in self.find(css) if text in (None, each.text)]
        self.ask("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def choose(self, css, text):
        from selenium.webdriver.support.select import Select

        Select(self.find(css)[0]).select_by_visible_text(text)

    def rename(self, group, name):
        from selenium.webdriver.common.keys import Keys

        field = self.find("article.group h3 input")[group]
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(name, Keys.ENTER)

    def set(self, css, value):
        """Move a slider there."""
        move = "const [it, value] = arguments; it.value = value; "
        move += "['input', 'change'].forEach((kind) => it.dispatchEvent(new Event(kind)))"
        self.driver.execute_script(move, self.find(css)[0], value)

    def press(self, *keys):
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def text(self, css):
        return " ".join(each.text for each in self.find(css))

    def unfold(self):
        """Open all that is folded, and wait until it is filled."""
        self.ask("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        self.driver.execute_async_script("setTimeout(arguments[0], 50)")

    def data(self):
        return json.loads(self.ask("document.getElementById('screen').textContent"))

    def errors(self):
        """Return what the browser complained of since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def saved(self):
        """Save the corrections and return the path of the file."""
        path = self.downloads / "corrections.csv"
        path.unlink(missing_ok=True)
        self.click("#save")
        deadline = time.monotonic() + 30
        while not path.exists():
            if time.monotonic() > deadline:
                raise AssertionError("the browser saved nothing")
            time.sleep(0.05)
        return path

    def close(self):
        """Forget what was answered, and leave without being asked."""
        self.driver.get("about:blank")
        # only now: a field that is left may store what was typed into it
        stored = {"origin": "file://", "storageTypes": "local_storage"}
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", stored)


@pytest.fixture
def page(chromium, downloads):
    page = Page(chromium, downloads)
    yield page
    page.close()
