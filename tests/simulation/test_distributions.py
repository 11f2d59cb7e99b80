import numpy as np
import pytest
from scipy import stats

from xrpdsim.simulation import Beta, LogNormal, LogUniform, Normal, Sometimes, Uniform
from xrpdsim.simulation.distributions import draw


@pytest.mark.parametrize(
    ("ours", "scipys"),
    [
        (Uniform(-1.0, 3.0), stats.uniform(-1, 4)),
        (LogUniform(0.1, 10.0), stats.loguniform(0.1, 10)),
        (Normal(1.0, 0.2), stats.norm(1, 0.2)),
        (LogNormal(2.0, 0.35), stats.lognorm(0.35, scale=2)),
        (Beta(0.6, 3.0, 0.5), stats.beta(0.6, 3, scale=0.5)),
    ],
)
def test_distributions_are_scipys(ours, scipys):
    values = ours.draw(np.random.default_rng(0), 5000)
    assert stats.kstest(values, scipys.cdf).pvalue > 1e-3


def test_sometimes_and_numbers():
    values = Sometimes(0.25, Uniform(1.0, 2.0), otherwise=-1.0).draw(np.random.default_rng(0), 8000)
    assert (values == -1).mean() == pytest.approx(0.75, abs=0.02)
    assert ((values == -1) | ((values >= 1) & (values <= 2))).all()
    np.testing.assert_array_equal(draw(0.3, np.random.default_rng(0), 4), 0.3)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Uniform(2.0, 1.0),
        lambda: LogUniform(0.0, 1.0),
        lambda: Normal(0.0, -1.0),
        lambda: LogNormal(-1.0, 0.3),
        lambda: Beta(0.0, 1.0),
        lambda: Sometimes(1.5, Uniform(0.0, 1.0)),
    ],
)
def test_impossible_distributions_are_refused(build):
    with pytest.raises(ValueError, match=r"below|above|needs|outside"):
        build()
