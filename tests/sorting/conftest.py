"""A small screen with amorphous and mixed patterns, and one of pure forms."""

import pytest

from xrpdsim.datasets import make_screening_campaign


@pytest.fixture(scope="session")
def mixed_screen():
    return make_screening_campaign(
        1, 3, 60, preset="bragg-brentano", amorphous_share=0.1, mixture_share=0.1, random_state=4
    )


@pytest.fixture(scope="session")
def pure_screen():
    return make_screening_campaign(1, 3, 40, preset="bragg-brentano", random_state=5)
