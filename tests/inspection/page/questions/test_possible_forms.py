from dataclasses import replace

import numpy as np
import pytest

from xrpdsim.inspection import PageLimits, render_report
from xrpdsim.inspection.page._shown_screen import ShownScreen
from xrpdsim.inspection.page.questions import possible_new_forms, possible_two_forms
from xrpdsim.sorting import DifferingLine, PossibleNewForm, TwoParts


@pytest.fixture
def shown(found):
    members = np.flatnonzero(found.clusterer.labels_ == 0)
    rows = (members[2:], members[:2])
    lines = [DifferingLine(12.34, (80.0, 3.0)), DifferingLine(20.5, (0.0, 41.0))]
    parts = TwoParts(rows, (int(rows[0][0]), int(rows[1][0])), 12.0, lines)
    new = [PossibleNewForm(0, int(members[0]), 5, 0.875)]
    return ShownScreen(replace(found, two_parts={0: parts}, new_forms=new), PageLimits(), {})


def test_both_parts_are_listed_with_what_differs(shown):
    found = shown.found
    first, second = possible_two_forms(shown).table.rows
    assert first[:2] == (found.group_names[0], "1")
    assert first[4] == "12.34 (80), 20.50 (0)"
    assert second[4] == "12.34 (3), 20.50 (41)"
    files = [found.screen.files[row] for row in found.two_parts[0].rows[1]]
    assert second[5] == ", ".join(files)
    assert ("and" in first[5]) == (len(found.two_parts[0].rows[0]) > 20)
    assert "Groups that may be two forms" in render_report(found)


def test_new_forms_are_listed_with_how_sure(shown):
    found = shown.found
    rows = possible_new_forms(shown).table.rows
    assert rows[0][:4] == (
        found.group_names[0],
        "5",
        found.screen.files[found.new_forms[0].row],
        "0.88",
    )
    assert "Possible new forms" in render_report(found)


def test_nothing_is_asked_where_there_is_nothing(found):
    plain = ShownScreen(replace(found, two_parts={}, new_forms=()), PageLimits(), {})
    assert possible_two_forms(plain) is None
    assert possible_new_forms(plain) is None
