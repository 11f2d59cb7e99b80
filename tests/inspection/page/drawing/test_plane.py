import numpy as np

from xrpdsim.inspection.page.drawing import plane


def test_places_fill_the_map_and_numbers_come_last():
    places = np.array([[0.0, 0.0], [2.0, 1.0], [1.0, 1.0]])
    drawn = plane(
        places, np.array([0, 11, -1]), ["a", "b", "c"], [7, 8, 9], np.array([True, True, False])
    )
    assert [point.title for point in drawn.points] == ["c", "a", "b"]
    assert [point.row for point in drawn.points] == [9, 7, 8]
    assert [point.number for point in drawn.points] == ["", "1", "12"]
    at = {point.title: (point.x, point.y) for point in drawn.points}
    assert at["a"] == (20, 500)
    assert at["b"] == (500, 260)


def test_patterns_in_one_place_have_a_map():
    drawn = plane(
        np.zeros((3, 2)), np.zeros(3, dtype=int), ["a"] * 3, [0, 1, 2], np.ones(3, dtype=bool)
    )
    assert {(point.x, point.y) for point in drawn.points} == {(20, 500)}
