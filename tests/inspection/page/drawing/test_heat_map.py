import base64
import io

import numpy as np
import pytest

from xrpdsim.inspection.page.drawing import heat_map


def test_the_picture_of_a_matrix_is_a_png():
    image = pytest.importorskip("PIL.Image")
    content = base64.b64decode(heat_map(np.array([[0.0, 1.0], [0.5, 0.0]])).split(",")[1])
    pixels = np.asarray(image.open(io.BytesIO(content)).convert("RGB")).astype(int).sum(axis=2)
    assert pixels[0, 0] == pixels[1, 1] < pixels[1, 0] < pixels[0, 1]
