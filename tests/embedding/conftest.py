import numpy as np
import pytest

from xrpdsim.embedding import SiameseXRPDEmbedder

SMALL_NETWORK = {
    "kernel_sizes": (8, 16),
    "channels": 4,
    "hidden": 16,
    "embedding_dim": 8,
    "pooling": 4,
}


@pytest.fixture
def small():
    """An embedder that trains in a fraction of a second; keyword arguments change it."""

    def build(**params):
        settings = {
            "module_params": SMALL_NETWORK,
            "max_epochs": 2,
            "batch_size": 16,
            "n_validation_groups": 2,
            "device": "cpu",
            "random_state": 0,
        }
        return SiameseXRPDEmbedder(**(settings | params))

    return build


@pytest.fixture
def campaign():
    """Patterns of a few Gaussian peaks a form: X, y as compound and form, compound."""

    def build(n_compounds=6, n_patterns=60, n_points=120, random_state=0, shift=0.5):
        random = np.random.default_rng(random_state)
        n_forms = 2 * n_compounds
        position = random.uniform(0, n_points, (n_forms, 6))
        height = random.uniform(0.2, 1.0, (n_forms, 6))
        form = np.arange(n_patterns) % n_forms
        grid = np.arange(n_points)
        centre = position[form] + random.normal(0, shift, (n_patterns, 1))
        peaks = np.exp(-0.5 * ((grid - centre[:, :, None]) / 1.5) ** 2)
        strength = height[form] * random.lognormal(0, 0.3, (n_patterns, 6))
        X = (strength[:, :, None] * peaks).sum(1) + random.normal(0, 0.01, (n_patterns, n_points))
        compound = np.array([f"compound {f // 2}" for f in form])
        y = np.column_stack([compound, [("I", "II")[f % 2] for f in form]])
        return X, y, compound

    return build
