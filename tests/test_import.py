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


def test_unknown_name():
    import xrpdsim

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        xrpdsim.nonsense  # noqa: B018
    assert set(xrpdsim.__all__) <= set(dir(xrpdsim))
