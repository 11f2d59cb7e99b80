import re

import numpy as np
import pytest

from xrpdsim.inspection._colours import SHAPES, colour_of
from xrpdsim.inspection.page.drawing import marker


@pytest.mark.parametrize("label", range(-1, len(SHAPES)))
def test_marks_lie_around_their_place(label):
    drawn = marker(label, 50, 80, 5)
    places = np.array(re.findall(r"([\d.]+) ([\d.]+)(?=[MLZA]|$)", drawn.path), dtype=float)
    assert np.abs(places - [50, 80]).max() <= 1.25 * 5 + 0.05
    assert drawn.colour == (None if label < 0 else colour_of(label))


def test_shapes_differ():
    paths = {marker(label, 0, 0, 5).path for label in range(-1, len(SHAPES))}
    assert len(paths) == len(SHAPES) + 1
