import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.similarity.probability import (
    CALIBRATORS,
    calibrator_as_json,
    calibrator_from_json,
)


@pytest.mark.parametrize("name", CALIBRATORS)
@given(st.integers(0, 2**32 - 1))
def test_a_calibrator_comes_back_as_it_was(name, seed):
    rng = np.random.default_rng(seed)
    positive, negative = np.sort(rng.normal(1, 1, 30)), np.sort(rng.normal(-1, 1, 50))
    calibrator = CALIBRATORS[name].from_scores(positive, negative)
    again = calibrator_from_json(json.loads(json.dumps(calibrator_as_json(calibrator))))
    scores = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(again.predict(scores), calibrator.predict(scores), rtol=1e-12)
    assert again.prior == calibrator.prior


def test_what_is_no_calibrator_is_refused():
    with pytest.raises(TypeError, match="a dict has no plain numbers"):
        calibrator_as_json({})
    with pytest.raises(ValueError, match="of kind 'spline'"):
        calibrator_from_json({"kind": "spline"})
    with pytest.raises(ValueError, match="must ascend"):
        calibrator_from_json(
            {"kind": "isotonic", "scores": [1, 0], "probabilities": [0, 1], "prior": 0.5}
        )
