import base64
from dataclasses import replace

import numpy as np
import pytest

from xrpdsim.inspection import PageLimits
from xrpdsim.inspection.layout import scaled
from xrpdsim.inspection.page._page_data import packed_patterns, page_data
from xrpdsim.inspection.page._shown_screen import ShownScreen
from xrpdsim.inspection.page.questions import questions_of
from xrpdsim.preprocessing.peaks import find_peaks
from xrpdsim.sorting.results.form_peaks import typical_pattern
from xrpdsim.sorting.screens.corrections import NO_CORRECTIONS


def shown_of(found, limits=None, chosen=()):
    shown = ShownScreen(found, limits or PageLimits(), {}, chosen)
    shown.questions = questions_of(shown)
    return shown


@pytest.fixture(scope="module")
def data(found):
    return page_data(shown_of(found))


def unpacked(line):
    levels = np.frombuffer(base64.b64decode(line), dtype="<u2").astype(float)
    return np.where(levels == 65535, np.nan, levels / 65534)


def test_patterns_are_packed_to_the_last_digit_that_a_plot_shows(found, hostile_screen):
    lines = packed_patterns(shown_of(found)).split("\n")
    expected = scaled(found.screen.X)
    np.testing.assert_allclose([unpacked(line) for line in lines], expected, atol=1e-5)
    # references follow
    lines = packed_patterns(shown_of(hostile_screen)).split("\n")
    np.testing.assert_allclose(
        unpacked(lines[-1]), scaled(hostile_screen.references.X)[-1], atol=1e-5
    )
    assert len(lines) == len(hostile_screen.screen.files) + 2


def test_groups_and_angles_are_those_of_the_screen(found, data):
    angles = np.frombuffer(base64.b64decode(data["two_theta"]), dtype="<f4")
    np.testing.assert_allclose(angles, found.screen.two_theta, rtol=1e-6)
    for row, label in enumerate(data["labels"]):
        name = data["groups"][label]["name"] if label >= 0 else {-1: "none", -2: "amorphous"}[label]
        assert name == found.group_of(row)
    for row, of in data["copies"].items():
        assert of == found.clusterer.copy_of_[row]


def test_lines_are_the_peaks_that_peaks_csv_has(found, data):
    for group, row in enumerate(found.typical_rows):
        peaks = find_peaks(typical_pattern(found, group))
        angles, heights = data["lines"][data["held"].index(row)]
        np.testing.assert_allclose(np.array(angles) / 100, peaks.two_theta, atol=0.0051)
        np.testing.assert_allclose(heights, peaks.intensity, atol=0.51)


def test_the_page_of_a_large_screen_holds_what_is_needed_and_what_was_asked_for(found):
    needed = set(found.typical_rows) | {
        row
        for question in shown_of(found).questions
        for row in (question.row, question.other)
        if row >= 0
    }
    few = PageLimits(patterns=10)
    assert set(shown_of(found, few).held) == needed
    other = next(row for row in range(len(found.screen.files)) if row not in needed)
    shown = shown_of(found, few, chosen=[other])
    assert set(shown.held) == needed | {other}
    assert len(page_data(shown)["lines"]) == len(packed_patterns(shown).split("\n"))
    assert len(page_data(shown)["labels"]) == len(found.screen.files)


def test_who_said_what_before_is_handed_on(found):
    files = found.screen.files
    pairs = np.array([[0, 1], [2, 3]])
    signed = {
        (files[1], "same", files[0]): ("A", "now"),
        (files[4], "form", ""): ("B", ""),
    }
    given = replace(
        NO_CORRECTIONS, same=pairs, names={4: "II"}, mixtures={5: "I + II"}, signed=signed
    )
    shown = ShownScreen(replace(found, corrections=given), PageLimits(), {})
    assert page_data(shown)["earlier"] == [
        [0, "same", 1, "A", "now"],
        [2, "same", 3, "", ""],
        [4, "form", "II", "B", ""],
        [5, "mixture", "I + II", "", ""],
    ]
