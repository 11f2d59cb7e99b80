import gzip

import numpy as np
import pytest

from xrpdsim.commands import main
from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern, default_two_theta
from xrpdsim.simulation import simulate_patterns, thermal_expansion
from xrpdsim.sorting.cif_references import read_structure


@pytest.fixture(scope="module")
def warm_file(structure_file, tmp_path_factory):
    grid = default_two_theta()
    warm = read_structure(structure_file, grid).lines.strained(
        thermal_expansion(random_state=1) * 198
    )
    (counts,) = simulate_patterns(warm.up_to(43), preset="bragg-brentano", random_state=0)
    measured = ~np.isnan(counts)
    path = tmp_path_factory.mktemp("warm") / "sample.xy"
    write_pattern(Pattern(grid[measured], counts[measured], wavelength=1.5406), path)
    return path


def printed(capsys, *files):
    assert main(["compare", *map(str, files)]) == 0
    rows = capsys.readouterr().out.splitlines()
    return {row[:30].strip(): row[30:].strip() for row in rows}


def test_a_structure_is_compared_with_its_cell_fitted(warm_file, structure_file, capsys):
    for files, side in (((warm_file, structure_file), "B"), ((structure_file, warm_file), "A")):
        rows = printed(capsys, *files)
        assert float(rows["probability of the same form"]) > 0.9
        assert rows[f"cell of {side}"].startswith("CIF at 100 K, expanded by ")
    plain = printed(capsys, structure_file, structure_file)
    assert float(plain["probability of the same form"]) > 0.99
    assert plain["cell of A"].endswith("as expected")


def test_a_compressed_structure_is_compared(warm_file, structure_file, tmp_path, capsys):
    packed = tmp_path / "form.cif.gz"
    packed.write_bytes(gzip.compress(structure_file.read_bytes()))
    assert printed(capsys, warm_file, packed) == printed(capsys, warm_file, structure_file)


def test_a_structure_without_coordinates_is_refused(warm_file, structure_text, tmp_path, capsys):
    path = tmp_path / "empty.cif"
    path.write_text(structure_text(atoms=False))
    assert main(["compare", str(warm_file), str(path)]) == 2
    assert "no atoms with fractional coordinates" in capsys.readouterr().err


def test_files_that_have_too_little_in_common_are_named(warm_file, tmp_path, capsys):
    angles = 33 + 0.02 * np.arange(500)
    path = tmp_path / "late.xy"
    write_pattern(Pattern(angles, np.ones(500), wavelength=1.5406), path)
    assert main(["compare", str(warm_file), str(path)]) == 2
    message = capsys.readouterr().err
    assert f"{warm_file} (" in message
    assert f"{path} (33 to 41.98) have 1.9" in message
    assert "degrees 2theta in common, and 5 are needed" in message
