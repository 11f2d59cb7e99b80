"""Estimators link to pages that the reference has."""

import re
from pathlib import Path

import pytest
from sklearn.utils import estimator_html_repr

import xrpdsim
from xrpdsim._support import _documentation
from xrpdsim.preprocessing import PatternNormalizer
from xrpdsim.similarity import ScreeningSimilarity
from xrpdsim.similarity.second_look import SecondLook
from xrpdsim.sorting import MixtureExplainer

REFERENCE = Path(__file__).parents[2] / "docs" / "api.rst"
SITE = "https://docs.example"


@pytest.fixture(autouse=True)
def site(monkeypatch):
    """The address that an installed package would state."""
    monkeypatch.setattr(_documentation, "documentation_site", lambda: SITE)


def documented():
    """Names with the module that the reference lists them under."""
    sections = re.split(r"^\.\. currentmodule:: (\S+)$", REFERENCE.read_text("utf-8"), flags=re.M)
    return {
        f"{module}.{name}"
        for module, text in zip(sections[1::2], sections[2::2], strict=True)
        for name in re.findall(r"^   (\w+)$", text, re.M)
    }


@pytest.mark.parametrize(
    "estimator",
    [
        xrpdsim.EuclideanSimilarity(),
        xrpdsim.DeGelderSimilarity(),
        xrpdsim.SiameseXRPDEmbedder(),
        xrpdsim.PairwisePhaseClassifier(xrpdsim.SiameseXRPDEmbedder()),
        xrpdsim.FormClusterer(),
        xrpdsim.ReferenceMatcher(),
        MixtureExplainer(),
        ScreeningSimilarity(),
        SecondLook(xrpdsim.DeGelderSimilarity()),
        PatternNormalizer(),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_the_link_leads_to_a_page_of_the_reference(estimator):
    link = estimator._get_doc_link()
    page = re.fullmatch(rf"{SITE}/en/latest/generated/(.*)\.html", link)[1]
    assert page in documented()
    assert f'href="{link}"' in estimator_html_repr(estimator)


def test_a_measure_of_ones_own_has_no_page():
    class Own(xrpdsim.EuclideanSimilarity):
        pass

    assert Own()._get_doc_link() == ""


def test_the_site_is_the_one_that_the_package_states(monkeypatch):
    monkeypatch.undo()

    class Stated:
        def get_all(self, name):
            return ["Repository, https://code.example", "Documentation, https://docs.example/"]

    _documentation.documentation_site.cache_clear()
    monkeypatch.setattr(_documentation, "metadata", lambda name: Stated())
    try:
        assert _documentation.documentation_site() == SITE
    finally:
        _documentation.documentation_site.cache_clear()
