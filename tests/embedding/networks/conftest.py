import pytest
import torch


@pytest.fixture
def whole():
    """Draw patterns without holes, and their mask."""

    def draw(n_patterns, n_points):
        X = torch.rand(n_patterns, n_points, generator=torch.Generator().manual_seed(0))
        return X, torch.ones_like(X)

    return draw
