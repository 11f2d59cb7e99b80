import numpy as np
import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern
from xrpdsim.sorting import read_corrections, read_screen, sort_screen


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """Two forms, ten patterns each; the first names no wavelength; and a file that is none."""
    folder = tmp_path_factory.mktemp("run") / "screen"
    folder.mkdir()
    campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    for row, counts in enumerate(campaign.X):
        measured = ~np.isnan(counts)
        pattern = Pattern(
            campaign.two_theta[measured], counts[measured], wavelength=1.5406 if row else None
        )
        write_pattern(pattern, folder / f"{row:02d}_{campaign.form[row]}.xy")
    (folder / "notes.txt").write_text("measured on Friday\n")
    first = min(folder.glob("*.xy")).name
    (folder / "labels.csv").write_text(f"file,well\n{first},A1\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def sorted_run(run_folder):
    screen = read_screen(run_folder, wavelength="CuKa1")
    form_ii = next(name for name in screen.files if name.endswith("_II.xy"))
    corrections = run_folder.parent / "corrections.csv"
    corrections.write_text(f"file,relation,other\n{form_ii},form,=beta/2\n", encoding="utf-8")
    return sort_screen(
        screen,
        similarity="screening",
        corrections=read_corrections(corrections, screen.files),
    )


@pytest.fixture
def folder(run_folder):
    return run_folder


@pytest.fixture
def found(sorted_run):
    return sorted_run
