"""A screen that has been sorted."""

import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.sorting import Screen, sort_screen


@pytest.fixture(scope="session")
def campaign():
    return make_screening_campaign(
        1, 3, 40, preset="bragg-brentano", amorphous_share=0.1, random_state=4
    )


@pytest.fixture(scope="session")
def found(campaign):
    files = [f"<b>&{row}_A{row % 12 + 1}.xy" for row in range(len(campaign.X))]
    wells = [f"{chr(65 + row // 12)}{row % 12 + 1}" for row in range(len(campaign.X))]
    screen = Screen(
        campaign.X,
        campaign.two_theta,
        files,
        "screen",
        hashes=["0" * 64] * 2 + [f"{row:064d}" for row in range(2, len(files))],
        wells=wells,
        skipped=[("notes.txt", "no pattern")],
    )
    return sort_screen(screen)


@pytest.fixture(scope="session")
def clusterer(found):
    return found.clusterer


@pytest.fixture
def pyplot():
    """Matplotlib without a screen; figures are closed afterwards."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")
