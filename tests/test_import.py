"""What importing the library costs."""

import subprocess
import sys

import pytest


def modules_after(code):
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {line.split(".")[0] for line in result.stdout.splitlines()}


@pytest.mark.parametrize(
    "code",
    [
        "import xrpdsim",
        "import numpy as np\n"
        "from xrpdsim import *\n"
        "from xrpdsim.datasets import make_screening_campaign",
        "import numpy as np\n"
        "from xrpdsim import DeGelderSimilarity, EuclideanSimilarity, CorrelationSimilarity\n"
        "X = np.random.default_rng(0).random((4, 50))\n"
        "for measure in (DeGelderSimilarity(), EuclideanSimilarity(), CorrelationSimilarity()):\n"
        "    measure.fit(X, [0, 0, 1, 1]).predict_proba(X)",
    ],
    ids=["import", "all but the embedder", "classical measures"],
)
def test_no_torch_unless_a_network_is_built(code):
    code = code.replace(
        "from xrpdsim import *",
        "import xrpdsim\n"
        "[getattr(xrpdsim, name) for name in xrpdsim.__all__ if name != 'SiameseXRPDEmbedder']",
    )
    assert not modules_after(code) & {"torch", "skorch", "matplotlib", "dask", "pooch"}


def test_bare_import_adds_nothing_heavy():
    assert not modules_after("import xrpdsim") & {"sklearn", "scipy", "gemmi", "pandas"}


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


@pytest.mark.parametrize(
    "measure",
    [
        "EuclideanSimilarity()",
        "DeGelderSimilarity(two_theta=3 + 0.2 * np.arange(60))",
        "CorrelationSimilarity()",
        "CorrelationSimilarity('spearman')",
    ],
)
def test_classical_measures_do_without_torch(measure):
    code = f"""
import numpy as np
from xrpdsim import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
X = np.random.default_rng(0).random((6, 60))
measure = {measure}.fit(X, [0, 0, 1, 1, 2, 2])
print(measure.predict_proba(X).shape, measure.pairwise(X).shape)
"""
    assert run_without(["torch", "skorch"], code) == "(15, 2) (6, 6)\n"


def test_unknown_name():
    import xrpdsim

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        xrpdsim.nonsense  # noqa: B018
    assert set(xrpdsim.__all__) <= set(dir(xrpdsim))
