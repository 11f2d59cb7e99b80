import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from xrpdsim.inspection import compare_patterns, draw_comparison

TWO_THETA = 3 + 0.02 * np.arange(1950)
NAMES = ["<b>&\"'.xy", "line\nand\x00" + b"\xff".decode("utf-8", "surrogateescape")]


def lines_at(*angles):
    return sum(np.exp(-(((TWO_THETA - angle) / 0.1) ** 2)) for angle in angles)


@pytest.mark.parametrize("shift", [-0.1, 0.0, 0.2])
def test_the_shift_that_was_made_is_found(shift):
    X = [lines_at(10, 20, 27), lines_at(10 + shift, 20 + shift, 27 + shift)]
    assert compare_patterns(X)[1] == pytest.approx(shift, abs=1e-9)


def test_a_pattern_fits_itself():
    table, shift = compare_patterns([lines_at(10, 20), lines_at(10, 20)])
    values = dict(zip(table["measure"], table["value"], strict=True))
    assert shift == 0
    assert values["Pearson"] == values["de Gelder, width 0.6 degrees"] == 1


def test_angles_in_columns_are_the_grid():
    frame = pd.DataFrame([lines_at(10, 20), lines_at(10.1, 20.1)], columns=TWO_THETA + 2)
    table, shift = compare_patterns(frame)
    assert dict(zip(*table.values(), strict=True))["by the similarity"] == "screening"
    assert shift == pytest.approx(0.1)
    assert draw_comparison(frame, ["a", "b"], shift) == draw_comparison(
        frame.to_numpy(), ["a", "b"], shift, two_theta=TWO_THETA + 2
    )


@pytest.mark.parametrize("n", [1, 3])
def test_other_numbers_of_patterns_are_refused(n):
    X = [lines_at(10)] * n
    with pytest.raises(ValueError, match=r"X must be two patterns, of shape \(2, n_points\)"):
        compare_patterns(X)
    with pytest.raises(ValueError, match="X must be two patterns"):
        draw_comparison(X, ["a", "b"], 0)


def test_a_picture_is_valid_xml_whatever_the_names_hold():
    X = [lines_at(10, 20), lines_at(10.1, 20.1)]
    root = ElementTree.fromstring(draw_comparison(X, NAMES, 0.1))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert f"A: {NAMES[0]}" in texts
    assert r"B: line␊and␀\xff" in texts
    assert not list(root.iter("{http://www.w3.org/2000/svg}b"))


def test_nothing_is_left_between_a_pattern_and_a_larger_copy():
    X = np.array([lines_at(10, 20), 5 * lines_at(10, 20)])
    root = ElementTree.fromstring(draw_comparison(X, ["a", "b"], 0.0))
    (difference,) = (
        node.get("d") for node in root.iter("{http://www.w3.org/2000/svg}path")
        if len(node) and node[0].text == "difference"
    )  # fmt: skip
    heights = {point.split(" ")[1] for point in difference[1:].split("L")}
    assert heights == {f"{332 + 65:.1f}"}


@pytest.mark.parametrize(
    ("shift", "said"), [(0.0, "+0.00"), (-0.0, "+0.00"), (0.1, "-0.10"), (-0.1, "+0.10")]
)
def test_the_picture_says_by_how_much_the_second_was_moved(shift, said):
    X = [lines_at(10, 20), lines_at(10, 20)]
    assert f"B scaled and moved by {said} degrees" in draw_comparison(X, ["a", "b"], shift)


def test_with_a_table_it_is_a_page():
    X = [lines_at(10, 20), lines_at(10.1, 20.1)]
    table, shift = compare_patterns(X)
    page = draw_comparison(X, NAMES, shift, table=table)
    assert page.startswith("<!DOCTYPE html>")
    assert "Spearman" in page
    assert "<script" not in page
    assert "&lt;b&gt;" in page


def test_a_flat_pattern_is_drawn_without_a_warning(recwarn):
    X = [lines_at(10, 20), np.full_like(TWO_THETA, 7.0)]
    ElementTree.fromstring(draw_comparison(X, ["a", "flat"], 0.0))
    assert not [str(w.message) for w in recwarn if issubclass(w.category, RuntimeWarning)]
