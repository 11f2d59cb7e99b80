"""What importing the library costs."""

import subprocess
import sys

import pytest

# one after the other in one process: what is there already was paid for by an earlier one
STEPS = {
    "import": "import xrpdsim",
    "datasets": "import xrpdsim.datasets",
    "all but the embedder": """
[getattr(xrpdsim, name) for name in xrpdsim.__all__ if name != "SiameseXRPDEmbedder"]
from xrpdsim.datasets import make_screening_campaign
""",
    "classical measures": """
import numpy as np
from xrpdsim import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
X = np.random.default_rng(0).random((4, 50))
for measure in (DeGelderSimilarity(), EuclideanSimilarity(), CorrelationSimilarity()):
    measure.fit(X, [0, 0, 1, 1]).predict_proba(X)
""",
}


@pytest.fixture(scope="module")
def imported():
    """The top-level modules that are there after each step."""
    report = "print(*{name.split('.')[0] for name in sys.modules})"
    script = "\n".join(["import sys", *(f"{code}\n{report}" for code in STEPS.values())])
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return dict(zip(STEPS, map(str.split, result.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("step", STEPS)
def test_no_torch_unless_a_network_is_built(imported, step):
    assert not {"torch", "skorch", "matplotlib", "dask", "pooch"} & set(imported[step])


def test_bare_import_adds_nothing_heavy(imported):
    assert not {"sklearn", "scipy", "gemmi", "pandas"} & set(imported["import"])


def run_without(absent, code):
    """Run code where importing a library fails, as if it were not installed."""
    forbid = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
"""
    result = subprocess.run(
        [sys.executable, "-c", forbid + code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_files_are_read_and_written_without_scikit_learn_and_torch(tmp_path):
    (tmp_path / "a.xy").write_text("".join(f"{3 + k / 10} {100 + k}\n" for k in range(200)))
    code = f"""
import xrpdsim.io
[getattr(xrpdsim.io, name) for name in xrpdsim.io.__all__]
found = xrpdsim.io.read_folder({str(tmp_path)!r}, wavelength=1.5406)
pattern = xrpdsim.io.read_pattern({str(tmp_path / "a.xy")!r}, default_wavelength=1.5406)
xrpdsim.io.write_pattern(pattern, {str(tmp_path / "b.csv")!r})
print(len(found.patterns))
"""
    assert run_without(["sklearn", "torch", "skorch"], code) == "1\n"
    assert (tmp_path / "b.csv").exists()


def test_classical_measures_do_without_torch():
    code = """
import numpy as np
from xrpdsim import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
X = np.random.default_rng(0).random((6, 60))
for measure in (
    EuclideanSimilarity(),
    DeGelderSimilarity(two_theta=3 + 0.2 * np.arange(60)),
    CorrelationSimilarity(),
    CorrelationSimilarity("spearman"),
):
    measure.fit(X, [0, 0, 1, 1, 2, 2])
    print(measure.predict_proba(X).shape, measure.pairwise(X).shape)
"""
    assert run_without(["torch", "skorch"], code) == 4 * "(15, 2) (6, 6)\n"


def test_unknown_name():
    import xrpdsim

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        xrpdsim.nonsense  # noqa: B018
    assert set(xrpdsim.__all__) <= set(dir(xrpdsim))
