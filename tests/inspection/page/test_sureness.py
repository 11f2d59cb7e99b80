from dataclasses import replace

import numpy as np
import pytest

from xrpdsim.inspection import PageLimits
from xrpdsim.inspection.page._shown_screen import ShownScreen
from xrpdsim.inspection.page._sureness import sureness
from xrpdsim.inspection.page.questions import Question


@pytest.fixture
def shown(found):
    return ShownScreen(replace(found, two_parts={}), PageLimits(), {})


def asked(kind, rows):
    return Question(kind, "", "", rows[0], tuple(rows))


def test_a_group_is_sure_if_little_is_asked_about_it(shown):
    members = shown.members(0)
    assert np.mean(shown.found.clusterer.probabilities_[list(members)]) >= 0.8
    assert sureness(shown, 0) == "sure"
    quarter = len(members) // 4
    shown.questions = [asked("misfit", [row]) for row in members[:quarter]]
    assert sureness(shown, 0) == "sure"
    shown.questions = [asked("misfit", [row]) for row in members[: quarter + 1]]
    assert sureness(shown, 0) == "check"


def test_a_possible_new_form_is_to_be_checked(shown):
    shown.questions = [asked("new form", shown.members(0))]
    assert sureness(shown, 0) == "check"
    assert sureness(shown, 1) == "sure"


def test_a_group_is_doubtful_if_it_may_be_two_forms_or_a_reference_disagrees(shown, found):
    assert (
        sureness(ShownScreen(replace(found, two_parts={0: None}), PageLimits(), {}), 0)
        == "doubtful"
    )
    shown.questions = [asked("reference", shown.members(0))]
    assert sureness(shown, 0) == "doubtful"
