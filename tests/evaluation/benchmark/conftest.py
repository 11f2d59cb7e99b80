import numpy as np
import pytest
from sklearn.utils import Bunch


@pytest.fixture
def campaign():
    """Four compounds of two forms; patterns with strong differences."""
    rng = np.random.default_rng(0)
    X, compound, form = [], [], []
    for c in "abcd":
        for f in "12":
            lines = (rng.random(400) < 0.05) * rng.exponential(size=400)
            for _ in range(4):
                X.append(100 * lines * rng.uniform(0.7, 1.3, 400) + rng.random(400))
                compound.append(c)
                form.append(f)
    return Bunch(
        X=np.array(X),
        compound=np.array(compound, dtype=object),
        form=np.array(form, dtype=object),
        DESCR="Four compounds.",
    )
