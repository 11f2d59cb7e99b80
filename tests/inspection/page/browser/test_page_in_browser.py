import base64
import csv
import re
import shutil

import numpy as np
import pytest

from xrpdsim.commands import main
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.inspection import PageLimits, write_report
from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern
from xrpdsim.sorting import read_corrections


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    """A folder of 30 files of three forms with references of two, sorted."""
    folder = tmp_path_factory.mktemp("work")
    campaign = make_screening_campaign(
        1, 3, 30, preset="bragg-brentano", amorphous_share=0.07, mixture_share=0.1, random_state=5
    )
    forms = campaign.form.astype(str)
    for row, counts in enumerate(campaign.X):
        measured = ~np.isnan(counts)
        pattern = Pattern(campaign.two_theta[measured], counts[measured], wavelength=1.5406)
        name = f"plate_{chr(65 + row // 12)}{row % 12 + 1:02d}.xy"
        (folder / "screen").mkdir(exist_ok=True)
        write_pattern(pattern, folder / "screen" / name)
    (folder / "known").mkdir()
    first = int(np.flatnonzero(forms == "I")[0])
    measured = ~np.isnan(campaign.X[first])
    known = Pattern(campaign.two_theta[measured], campaign.X[first][measured], wavelength=1.5406)
    write_pattern(known, folder / "known" / "Form I.xy")
    sort(folder)
    return folder


def sort(folder, *more):
    arguments = ["sort", str(folder / "screen"), "--references", str(folder / "known"), *more]
    # the quickest similarity: what is tested is the page
    arguments += ["--method", "screening", "--out", str(folder / "report.html")]
    assert main(arguments) == 0


def groups(folder):
    """The files of each group, as the table has them."""
    found = {}
    with (folder / "forms.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["group"], set()).add(row["file"])
    return found


GROUPS = """Array.from(document.querySelectorAll("article.group"), (card) => {
  const name = card.querySelector("h3 input");
  const rows = card.querySelectorAll(".members [data-row]");
  const title = name ? name.value : card.querySelector("h3").textContent.split(":")[0];
  return [title, Array.from(rows, (each) => each.textContent)];
})"""


def groups_shown(page):
    """The files of each group, as the page has them."""
    page.unfold()
    return {title: set(files) for title, files in page.ask(GROUPS)}


def test_a_session_from_opening_to_the_second_sort(page, screen, tmp_path):
    work = tmp_path / "work"
    shutil.copytree(screen, work)
    page.open(work / "report.html")
    assert page.text("#answer").startswith("30 patterns: ")
    n_questions = int(re.search(r"(\d+) questions? for you", page.text("#answer"))[1])
    assert f"Question 1 of {n_questions}" in page.text("#question .count")
    texts = [question["text"] for question in page.data()["questions"]]

    # a row, a well, a leaf and a point show their patterns; angle, d and q are read out
    for css in ("g.group[data-row]", "g[data-row] > .strip", "g[data-row] > .mark"):
        element = page.find(css)[3]
        page.ask("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", element)
    assert 1 <= len(page.find("#viewer-list li")) <= 3
    page.click("#viewer button", "clear")
    page.click("#viewer button", "typical patterns")
    assert len(page.find("#viewer-list li")) == len(page.find("article.group h3 input"))
    point_at(page, "#viewer-plot .u-over")
    two_theta, d, q = map(
        float,
        re.search(r"2θ ([\d.]+)° +d ([\d.]+) Å +q ([\d.]+)", page.text("#viewer-plot p")).groups(),
    )
    assert d == pytest.approx(1.5406 / 2 / np.sin(np.radians(two_theta / 2)), abs=5e-3)
    assert q == pytest.approx(2 * np.pi / d, abs=1e-3)

    # rename, move, merge, answer, undo
    names = [each.get_attribute("value") for each in page.find("article.group h3 input")]
    page.rename(0, "Form A")
    page.unfold()
    page.click("#viewer button", "clear")
    moved = page.find("article.group")[1].find_elements("css selector", ".members [data-row]")
    moved_name = moved[0].get_attribute("textContent")
    page.ask("arguments[0].click()", moved[0])
    page.choose(f'#viewer-list [aria-label="group of {moved_name}"]', "a new group")
    page.click("#question button", "exclude")
    page.click("#question button", "mixture")
    page.press("u")
    assert "1 answered" in page.text("#question .count")
    page.find("#who")[0].send_keys("A. Chemist")
    page.click("#question button", "different")
    shown = groups_shown(page)
    assert moved_name in next(files for files in shown.values() if len(files) == 1)
    saved = page.saved()
    assert page.errors() == []

    # the file says who and when, and sorts again to what the page shows
    with saved.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["relation"] for row in rows} >= {"form", "different", "exclude"}
    by_person = [row for row in rows if row["who"] != "as sorted"]
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert all(re.fullmatch(moment, row["when"]) for row in by_person)
    assert {row["who"] for row in by_person} == {"", "A. Chemist"}
    assert {row["relation"] for row in by_person if row["file"] == moved_name} == {"different"}
    shutil.copy(saved, work / "corrections.csv")
    command = page.text("#command").split()
    assert command[:3] == ["xrpdsim", "sort", "screen"]
    assert command[-2:] == ["--corrections", "corrections.csv"]
    sort(work, "--corrections", str(work / "corrections.csv"))
    after = groups(work)
    alone = [name for name, files in shown.items() if len(files) == 1 and name != "Excluded"]
    assert moved_name in set.union(*map(shown.get, alone))
    for name in alone:
        assert shown.pop(name) <= after["none"]
    assert after["Form A"] == shown["Form A"]
    assert names[0] not in after
    in_groups = [files for name, files in after.items() if name not in ("none", "amorphous")]
    expected = [files for name, files in shown.items() if name not in ("Excluded", "Amorphous")]
    assert sorted(map(sorted, in_groups)) == sorted(map(sorted, expected))

    # the second page does not ask again what was answered, and keeps it
    page.open(work / "report.html")
    assert page.errors() == []
    asked = [question["text"] for question in page.data()["questions"]]
    assert texts[1] not in asked
    with page.saved().open(encoding="utf-8") as file:
        again = list(csv.DictReader(file))
    assert [row["file"] for row in again if row["relation"] == "exclude"] == [
        row["file"] for row in rows if row["relation"] == "exclude"
    ]


def point_at(page, css):
    from selenium.webdriver import ActionChains

    ActionChains(page.driver).move_to_element(page.find(css)[0]).perform()


def test_groups_are_merged_split_and_cut_otherwise_and_all_is_undone(page, screen):
    page.open(screen / "report.html")
    before = groups_shown(page)
    first, second = (
        each.get_attribute("value") for each in page.find("article.group h3 input")[:2]
    )
    page.choose(f'[aria-label="merge {second} into"]', f"1. {first}")
    merged = groups_shown(page)
    assert merged[first] == before[first] | before[second]
    assert second not in merged
    page.click("#bar-undo")
    assert groups_shown(page) == before

    # the top of its tree divides a group, a point of the tree the group that is below it
    page.click("article.group:first-child .controls button", "split")
    parts = groups_shown(page)
    new = next(name for name in parts if name not in before)
    assert parts[first] | parts[new] == before[first]
    page.click("#bar-undo")
    press = "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    page.ask(press, page.find('[data-node="0"]')[0])
    assert len(groups_shown(page)) == len(before) + 1
    page.click("#bar-undo")

    # as the cut of the tree is moved, groups follow
    for probability in (0.02, 0.98):
        page.set("#cut-slider", probability)
        assert page.text("#cut-value") == str(probability)
        cut = groups_shown(page)
        assert len(cut) <= len(before) if probability < 0.5 else len(cut) > len(before)
        assert set.union(*cut.values()) == set.union(*before.values())
        page.click("#bar-undo")
        assert groups_shown(page) == before
    assert page.errors() == []


def put(page, file, place):
    """Move one pattern, in the list of the viewer."""
    page.click("#viewer button", "clear")
    page.unfold()
    (named,) = [each for each in page.find(".members [data-row]") if textual(each) == file]
    page.ask("arguments[0].click()", named)
    page.choose(f'#viewer-list [aria-label="group of {file}"]', place)


def textual(element):
    return element.get_attribute("textContent")


def split(page):
    """Divide the first group, and return the pattern that stands for what was taken out of it."""
    page.click("article.group:first-child .controls button", "split")
    with page.saved().open(encoding="utf-8") as file:
        return next(row["file"] for row in csv.DictReader(file) if row["relation"] == "different")


@pytest.mark.parametrize("place", ["excluded", "mixture", "no group", "a new group"])
def test_a_split_holds_without_the_pattern_that_it_was_first_said_of(page, screen, tmp_path, place):
    page.open(screen / "report.html")
    put(page, split(page), place)
    assert_sorted_again_as_shown(page, screen, tmp_path / "work")


def test_patterns_that_were_set_aside_and_taken_back_are_in_no_group(page, screen, tmp_path):
    page.open(screen / "report.html")
    page.unfold()
    files = list(map(textual, page.find("article.group:first-child .members [data-row]")))[1:3]
    for file in files:
        put(page, file, "excluded")
    for file in files:
        put(page, file, "no group")
    assert_sorted_again_as_shown(page, screen, tmp_path / "work")


def test_a_merge_and_a_cut_change_no_other_group(page, screen, tmp_path):
    page.open(screen / "report.html")
    page.set("#cut-slider", 0.9)
    first, second = (each.get_attribute("value") for each in page.find(GROUP_NAMES)[:2])
    page.choose(f'[aria-label="merge {second} into"]', f"1. {first}")
    assert_sorted_again_as_shown(page, screen, tmp_path / "work")


GROUP_NAMES = "article.group h3 input"
OUTSIDE = ("none", "amorphous", "mixture")


def assert_sorted_again_as_shown(page, screen, work):
    named = {each.get_attribute("value") for each in page.find(GROUP_NAMES)}
    shown = [sorted(files) for name, files in groups_shown(page).items() if name in named]
    shutil.copytree(screen, work)
    shutil.copy(page.saved(), work / "corrections.csv")
    sort(work, "--corrections", str(work / "corrections.csv"))
    found = [sorted(files) for name, files in groups(work).items() if name not in OUTSIDE]
    # a pattern alone is no group to sorting
    assert sorted(found) == sorted(files for files in shown if len(files) > 1)
    assert page.errors() == []


def test_a_page_without_questions_and_patterns_added_at_once(page, found, tmp_path):
    write_report(found, tmp_path / "report.html", limits=PageLimits(questions=0))
    page.open(tmp_path / "report.html")
    assert "There is nothing to ask." in page.text("body")
    assert not re.search(r"null|undefined|NaN", page.text("body"))
    page.press("s")
    page.ask("document.querySelectorAll('tr[data-row]').forEach((row, k) => k < 3 && row.click())")
    assert len(page.find("#viewer-list li")) == 3
    page.ask("document.querySelector('.pattern').click()")
    # what is drawn is seen: pixels of the first pattern's colour
    page.ask("document.getElementById('viewer-heading').scrollIntoView()")
    assert page.ask(DRAWN, "#viewer-plot canvas") > 500
    colours = (
        "[getComputedStyle(arguments[0]).color, getComputedStyle(arguments[0]).backgroundColor]"
    )
    text, paper = page.ask(colours, page.find(".pattern.chosen")[0])
    assert text != paper
    assert page.errors() == []


DRAWN = """(() => {
  const canvas = document.querySelector(arguments[0]);
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let coloured = 0;
  for (let k = 0; k < pixels.length; k += 4) {
    const [red, green, blue] = pixels.slice(k, k + 3);
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
  }
  return coloured;
})()"""


def test_by_keyboard_alone(page, screen):
    from selenium.webdriver.common.keys import Keys

    page.open(screen / "report.html")
    n = int(re.search(r"of (\d+)", page.text("#question .count"))[1])
    page.press("d")
    page.press("k")
    assert "2 answered" in page.text("#question .count")
    page.press("u")
    assert "1 answered" in page.text("#question .count")
    page.press("p")
    page.press("n")
    for _ in range(n):
        page.press("s")
    assert f"{n} answered" in page.text("#question .count")
    # everything that is clicked can be reached by Tab
    reached = set()
    for _ in range(40):
        page.press(Keys.TAB)
        reached.add(page.ask("document.activeElement.textContent || document.activeElement.id"))
    assert {"same", "undo", "typical patterns", "confirm"} <= reached
    # keys that are typed into a name answer nothing
    page.find("#who")[0].send_keys("u d s")
    assert f"{n} answered" in page.text("#question .count")
    assert page.errors() == []


@pytest.mark.parametrize("width", [800, 1400])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_wider_than_the_window(page, screen, width, dark):
    page.open(screen / "report.html", width=width, dark=dark)
    page.click("#viewer button", "typical patterns")
    page.unfold()
    assert page.ask("document.documentElement.scrollWidth") <= width
    background = page.ask("getComputedStyle(document.body).backgroundColor")
    brightness = np.mean(list(map(int, re.findall(r"\d+", background)[:3])))
    assert (brightness < 60) == dark
    assert page.errors() == []


def test_printed_it_has_the_questions_and_no_buttons(page, screen):
    page.open(screen / "report.html", dark=True)
    page.click("#viewer button", "typical patterns")
    pdf = base64.b64decode(page.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 20_000
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not any(each.is_displayed() for each in page.find("button:not(.pattern)"))
    assert any(each.is_displayed() for each in page.find(".print-only li"))
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_hostile_names_run_no_script_and_are_saved_as_they_are(page, hostile_screen, tmp_path):
    write_report(hostile_screen, tmp_path / "report.html", run={"command": "xrpdsim sort x"})
    page.open(tmp_path / "report.html", width=800)
    assert page.errors() == []
    page.click("#viewer button", "typical patterns")
    page.unfold()
    for card in page.find("article.group h3 input"):
        assert card.get_attribute("value") in hostile_screen.group_names
    page.rename(0, "<img src=x onerror=alert(1)>")
    confirm = page.find("article.group .controls button:nth-of-type(2)")
    page.ask("arguments[0].click()", confirm[0])
    assert page.ask("document.documentElement.scrollWidth") <= 800
    assert "taken" not in page.driver.title
    assert page.ask("document.title") == page.driver.title
    # names of files are read back as they are, halves of characters and line ends too
    known = read_corrections(page.saved(), hostile_screen.screen.files)
    assert "<img src=x onerror=alert(1)>" in set(known.confirmed.values())
    pairs = np.concatenate([known.same, known.tied])
    named = {*pairs.ravel().tolist(), *known.confirmed}
    assert named >= set(np.flatnonzero(hostile_screen.clusterer.labels_ >= 0).tolist())
    assert page.errors() == []
    assert page.data()["files"] == hostile_screen.screen.files
