import pytest
import torch
from torch.nn import functional as F


@pytest.fixture
def batch():
    random = torch.Generator().manual_seed(0)
    embeddings = F.normalize(torch.randn(12, 5, generator=random, dtype=torch.float64), dim=1)
    # several positives for some, none for the last
    return embeddings, torch.tensor([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4])
