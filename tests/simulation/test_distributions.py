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


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Uniform("a", 1.0), "low='a' must be a finite number"),
        (lambda: Uniform(0.0, np.inf), "high=inf must be a finite number"),
        (lambda: LogUniform(1.0, None), "high=None must be a finite number"),
        (lambda: Normal(np.nan, 1.0), "mean=nan must be a finite number"),
        (lambda: LogNormal(1.0, True), "sigma=True must be a finite number"),
        (lambda: Beta(1.0, 1.0, "x"), "scale='x' must be a finite number"),
        (lambda: Sometimes("a", Uniform(0.0, 1.0)), "probability='a' must be a finite number"),
        (lambda: Sometimes(0.5, 1.0), r"distribution=1\.0 is not a distribution"),
        (lambda: Sometimes(0.5, Uniform), "distribution=.*Uniform.* is not a distribution"),
        (lambda: Sometimes(0.5, Uniform(0.0, 1.0), "x"), "otherwise='x' is not a number"),
    ],
)
def test_what_is_no_number_or_distribution_is_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()


class OneShort:
    def draw(self, generator, size):
        return np.ones(size - 1)


@pytest.mark.parametrize("distribution", [OneShort(), Sometimes(0.5, OneShort())])
def test_a_draw_has_a_value_for_each_pattern(distribution):
    with pytest.raises(ValueError, match=r"OneShort\.draw\(generator, 3\) returned .* \(2,\); it"):
        draw(distribution, np.random.default_rng(0), 3)
