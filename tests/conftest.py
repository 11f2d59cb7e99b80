import os
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from xrpdsim.simulation import simulate_patterns, virtual_crystal

HERE = Path(__file__).parent

# Tests of these folders are marked numerical, and tests/kernels.py runs them under other kernels.
NUMERICAL = ["patterns", "preprocessing", "simulation", "similarity", "evaluation", "sorting"]


def pytest_collection_modifyitems(items):
    folders = {HERE / name for name in NUMERICAL}
    for item in items:
        if folders & set(item.path.parents):
            item.add_marker("numerical")


def kernels_in_force():
    """The kernels of NumPy's and SciPy's OpenBLAS, in lower case."""
    import scipy.linalg  # noqa: F401

    return {
        library["architecture"].lower()
        for library in threadpool_info()
        if library["internal_api"] == "openblas"
    }


def pytest_configure():
    # OpenBLAS ignores a name that it does not know and a kernel that the processor cannot run
    asked = os.environ.get("OPENBLAS_CORETYPE", "").lower()
    if asked and kernels_in_force() != {asked}:
        raise pytest.UsageError(
            f"OPENBLAS_CORETYPE={asked}, but in force is {', '.join(kernels_in_force()) or 'none'}"
        )


def pytest_report_header():
    return f"OpenBLAS kernel: {', '.join(sorted(kernels_in_force())) or 'none'}"


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
