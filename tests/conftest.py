import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from threadpoolctl import threadpool_info

from xrpdsim.simulation import simulate_patterns, virtual_crystal

# How long an example takes depends on what else the machine does: it decides no test.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

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


def pytest_configure(config):
    if config.getoption("numprocesses", None):
        # workers already take every core: more threads in each would wait for one another
        os.environ.setdefault("OMP_NUM_THREADS", "1")
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


_CELL = {"a": 7.1, "b": 8.3, "c": 12.7, "alpha": 90, "beta": 101, "gamma": 90}


@pytest.fixture(scope="session")
def structure_text():
    """Return a function that writes the CIF of a crystal that nobody measured."""

    def text(temperature="100(2)", atoms=True, group="P 1 21/c 1", seed=0):
        lines = ["data_made_up", f"_space_group_name_H-M_alt '{group}'"]
        lines += [f"_cell_length_{axis} {_CELL[axis]}" for axis in "abc"]
        lines += [f"_cell_angle_{angle} {_CELL[angle]}" for angle in ("alpha", "beta", "gamma")]
        if temperature:
            lines.append(f"_diffrn_ambient_temperature {temperature}")
        if atoms:
            places = np.random.RandomState(seed).uniform(0, 1, (12, 3))
            lines += ["loop_", "_atom_site_label", "_atom_site_type_symbol"]
            lines += [f"_atom_site_fract_{axis}" for axis in "xyz"]
            lines += [
                f"{element}{k} {element} {x:.4f} {y:.4f} {z:.4f}"
                for k, (element, (x, y, z)) in enumerate(zip("CCCCCCCCNOOS", places, strict=True))
            ]
        return "\n".join(lines) + "\n"

    return text


@pytest.fixture(scope="session")
def structure_file(tmp_path_factory, structure_text):
    """Such a CIF."""
    path = tmp_path_factory.mktemp("structure") / "form.cif"
    path.write_text(structure_text())
    return path
