import pytest

import xrpdsim
from xrpdsim import embedding, patterns, recipes

PACKAGES = (xrpdsim, embedding, patterns, recipes)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_every_name_is_there_and_listed(package):
    for name in package.__all__:
        assert getattr(package, name) is getattr(package, name)
    assert set(package.__all__) <= set(dir(package))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_other_names_are_refused_as_python_does(package):
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'no'"):
        package.no  # noqa: B018


def test_a_name_is_looked_up_once(monkeypatch):
    monkeypatch.delitem(vars(xrpdsim), "pair_scoring", raising=False)  # as if never asked for
    found = xrpdsim.pair_scoring
    assert vars(xrpdsim)["pair_scoring"] is found
