import numpy as np
import pytest

from xrpdsim.simulation import Lines, thermal_expansion
from xrpdsim.sorting.cif_references import expected_strain


def lines_in(group, cell):
    return Lines.from_structure_factors([[1, 1, 1]], [1.0], cell=cell, space_group=group)


@pytest.mark.parametrize(
    ("group", "cell", "n_components"),
    [
        ("P -1", (6, 7, 8, 80, 95, 100), 6),
        ("P 1 21/c 1", (6, 7, 8, 90, 95, 90), 4),
        ("P 21 21 21", (6, 7, 8, 90, 90, 90), 3),
        ("P 41", (6, 6, 8, 90, 90, 90), 2),
        ("P 61", (6, 6, 8, 90, 90, 120), 2),
        ("F m -3 m", (6, 6, 6, 90, 90, 90), 1),
    ],
)
def test_as_many_components_as_a_cell_has_parameters(group, cell, n_components):
    lines = lines_in(group, cell)
    strain = expected_strain(lines, 100.0)
    assert len(strain.basis) == n_components
    np.testing.assert_allclose(lines.symmetric_strain(strain.basis), strain.basis, atol=1e-12)
    products = np.einsum("aij,bij->ab", strain.basis, strain.basis)
    np.testing.assert_allclose(products, np.eye(n_components), atol=1e-12)


def test_what_is_expected_is_what_crystals_do():
    lines = lines_in("P -1", (6, 7, 8, 80, 95, 100))
    strain = expected_strain(lines, 98.0)
    assert np.trace(strain.tensor(np.zeros(6))) == pytest.approx(161e-6 * 200)
    # 1000 crystals drawn with the library's own expansion, whose volume does not scatter
    drawn = np.array([thermal_expansion(random_state=seed) * 200 for seed in range(1000)])
    units = np.einsum("nij,mij->nm", drawn, strain.basis) - strain.mean
    assert units[:, 0].std() < 1e-12
    scatter = np.sqrt((units[:, 1:] ** 2).mean(axis=0) + 0.0015**2)
    np.testing.assert_allclose(scatter, strain.deviation[1:], rtol=0.15)


def test_a_structure_at_room_temperature_may_hardly_change_and_an_unknown_one_much():
    lines = lines_in("P 1 21/c 1", (6, 7, 8, 90, 95, 90))
    warm, cold, unknown = (expected_strain(lines, t) for t in (298.0, 100.0, None))
    assert warm.mean[0] == 0
    assert (warm.deviation <= 0.0015).all()
    assert 0 < unknown.mean[0] < cold.mean[0]
    assert (unknown.deviation >= cold.deviation).all()
