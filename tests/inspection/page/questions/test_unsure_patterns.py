from dataclasses import replace

from xrpdsim.inspection import PageLimits, render_report
from xrpdsim.inspection.page._shown_screen import ShownScreen
from xrpdsim.inspection.page.questions import unsure_patterns


def test_every_unsure_pattern_is_listed_with_its_reasons(found):
    table = unsure_patterns(ShownScreen(found, PageLimits(), {})).table
    assert [row[0] for row in table.rows] == [
        found.screen.files[row] for row in sorted(found.review)
    ]
    for (_, group, why), row in zip(table.rows, sorted(found.review), strict=True):
        assert group == found.group_of(row)
        assert all(reason in why for reason in found.review[row])


def test_a_sure_screen_says_so(found):
    assert "Nothing is unsure." in render_report(replace(found, review={}))
    assert "Nothing is unsure." not in render_report(found)
