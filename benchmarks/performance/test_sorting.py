"""A screen of 150 patterns, from arrays to groups and the page."""

import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.inspection import write_report
from xrpdsim.sorting import FormClusterer, Screen, sort_screen


@pytest.fixture(scope="module")
def screen():
    made = make_screening_campaign(
        1, 5, 150, preset="well-plate", amorphous_share=0.05, mixture_share=0.05, random_state=0
    )
    names = [f"{number:03d}.xy" for number in range(len(made.X))]
    hashes = [f"{number:064x}" for number in range(len(made.X))]
    return Screen(made.X, made.two_theta, names, "screen", hashes)


def test_groups(ratio, product, screen):
    ratio("groups alone of 150 patterns", lambda: FormClusterer().fit(screen.X), product)


def test_groups_flags_and_mixtures(ratio, product, screen):
    what = "groups, flags and mixtures of 150 patterns"
    ratio(what, lambda: sort_screen(screen), product)


def test_page(ratio, numbers, screen, tmp_path):
    found = sort_screen(screen)
    ratio("the page of 150 patterns", lambda: write_report(found, tmp_path / "page.html"), numbers)
