import numpy as np
import pytest

from xrpdsim.simulation import simulate_patterns, virtual_crystal


@pytest.fixture(scope="session")
def screen():
    """Three forms, measured four times each by a laboratory instrument."""
    X, forms = [], []
    for number in range(3):
        lines = virtual_crystal(100 + number, two_theta_max=43)
        X.append(
            simulate_patterns(
                lines,
                4,
                preset="bragg-brentano",
                parameters={
                    "amorphous": 0.1,
                    "counts": 20_000.0,
                    "march_r": 0.9,
                    "grains": 500.0,
                    "cell_strain": 0.001,
                    "start": 3.0,
                    "end": 42.0,
                },
                random_state=number,
            )
        )
        forms += [number] * 4
    return np.concatenate(X), np.array(forms)
