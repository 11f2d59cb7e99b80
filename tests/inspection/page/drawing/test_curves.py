import re

import numpy as np

from xrpdsim.inspection.page.drawing import angle_axis, curve_path


def test_curves_stay_in_their_box_and_leave_gaps():
    values = np.linspace(0, 1, 2000)
    values[500:700] = np.nan
    path = curve_path(values, (10, 20, 100, 50))
    numbers = np.array(re.findall(r"[ML]([\d.]+) ([\d.]+)", path), dtype=float)
    assert path.count("M") == 2
    assert numbers[:, 0].min() >= 10
    assert numbers[:, 0].max() <= 110
    assert numbers[:, 1].min() >= 20
    assert numbers[:, 1].max() <= 70


def test_a_narrow_line_keeps_its_height():
    values = np.zeros(5000)
    values[1234] = 1
    path = curve_path(values, (0, 0, 450, 100))
    heights = [a or b for a, b in re.findall(r"[ML][\d.]+ ([\d.]+)|V([\d.]+)", path)]
    assert min(map(float, heights)) == 0


def test_an_axis_has_a_tick_every_five_degrees():
    axis = angle_axis(np.linspace(3, 42, 100), 5, 0, 390)
    assert axis.ticks[0] == (25.0, "5")
    assert [angle for _, angle in axis.ticks] == [str(k) for k in range(5, 41, 5)]
