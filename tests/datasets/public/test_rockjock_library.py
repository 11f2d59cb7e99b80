import csv
import dataclasses
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from xrpdsim.datasets import DownloadError, fetch_rockjock
from xrpdsim.datasets.public import rockjock_library
from xrpdsim.patterns import Pattern, default_two_theta, to_grid
from xrpdsim.patterns.pairs import encode_phases

pytest.importorskip("pooch")

DATA = Path(__file__).parent / "data"
MINERALS = Path(__file__).parents[3] / "../shared/data/minerals"


def packed(rda, name="powdR/data/rockjock.rda"):
    """An R package of one file."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(rda)
        tar.addfile(member, io.BytesIO(rda))
    return archive.getvalue()


@pytest.fixture
def powdr(site, monkeypatch):
    site.files["powdR_1.3.0.tar.gz"] = packed((DATA / "rockjock.rda").read_bytes())
    remote = dataclasses.replace(rockjock_library.ARCHIVE, urls=(site.url("powdR_1.3.0.tar.gz"),))
    monkeypatch.setattr(rockjock_library, "ARCHIVE", remote)
    return site


def expected(row):
    """What make_rda.R wrote as the pattern of a row, on the common grid."""
    angles = np.arange(5, 65.1, 0.5)
    intensity = np.round(100 + 9900 * np.exp(-(((angles - (10 + (row + 1) * 0.4)) / 1.5) ** 2)))
    return to_grid(Pattern(angles, intensity, wavelength=1.5406))


def test_labelled_patterns(powdr):
    data = fetch_rockjock()
    assert data.X.shape == (75, 1950)
    assert data.y.shape == (75, 2)
    assert len(set(data.compound)) == 16
    assert len({tuple(row) for row in data.y}) == 42
    for row in (0, 40, 74):
        np.testing.assert_allclose(data.X[row], expected(row))
    below = default_two_theta() < 4.99
    assert np.isnan(data.X[:, below]).all()
    assert np.isfinite(data.X[:, ~below]).all()
    assert data.specimens[1] == "CHERT_8_4_NMA2"
    assert data.y[1].tolist() == ["silica", "quartz"]
    assert data.phase_names[1] == "quartz"
    assert data.rir[1] == pytest.approx(0.2)
    assert "GPL-2" in data.DESCR
    assert "Eberl" in data.DESCR
    phases, compounds = encode_phases(data.y)
    assert len(set(phases)) == 42
    assert len(set(compounds)) == 16
    assert len(powdr.requests) == 1


def test_all_patterns(powdr):
    data = fetch_rockjock(subset="all", two_theta=np.arange(10, 20, 0.1))
    assert data.X.shape == (77, 100)
    assert data.y[-2:].tolist() == [[None, None]] * 2
    assert data.specimens[-2:].tolist() == ["CORUNDUM", "AMORPHOUS_SILICA"]
    assert data.phase_names[-1] == "Opal é"
    assert np.isnan(data.rir[-1])
    with pytest.raises(ValueError, match="no label in row 75"):
        encode_phases(data.y)


def test_returns(powdr):
    pd = pytest.importorskip("pandas")
    data = fetch_rockjock()
    X, y = fetch_rockjock(return_X_y=True)
    np.testing.assert_array_equal(X, data.X)
    np.testing.assert_array_equal(y, data.y)
    framed = fetch_rockjock(as_frame=True)
    assert isinstance(framed.X, pd.DataFrame)
    assert list(framed.X.columns[:2]) == ["3.00", "3.02"]
    assert list(framed.y.columns) == ["compound", "form"]
    assert framed.frame.shape == (75, 1952)
    np.testing.assert_array_equal(framed.X.to_numpy(), data.X)


@pytest.mark.skipif(not MINERALS.exists(), reason="needs the benchmark table")
def test_same_campaign_as_the_benchmark_table():
    with (MINERALS / "labels.csv").open() as file:
        table = [(row["specimen"], row["compound"], row["form"]) for row in csv.DictReader(file)]
    assert [(name, *labels) for name, labels in rockjock_library.rockjock_labels().items()] == table


def test_library_without_a_labelled_pattern(powdr):
    rda = (DATA / "rockjock_factors.rda").read_bytes()
    powdr.files["powdR_1.3.0.tar.gz"] = packed(rda)
    with pytest.raises(ValueError, match="no pattern of CRISTOBALITE, TRIDYMITE_POOR"):
        fetch_rockjock()
    assert fetch_rockjock(subset="all").X.shape == (4, 1950)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (packed(b"nothing of R"), "not an R data file"),
        (packed(b"", name="powdR/DESCRIPTION"), "has no member powdR/data/rockjock.rda"),
        (packed((DATA / "kinds.rda").read_bytes()), "not a powdR library"),
        (packed(b"")[:40], "not a complete tar archive"),
    ],
    ids=["other data", "other member", "other library", "cut off"],
)
def test_other_archives(powdr, content, message):
    powdr.files["powdR_1.3.0.tar.gz"] = content
    with pytest.raises(ValueError, match=message):
        fetch_rockjock()


def test_bad_requests(powdr):
    with pytest.raises(ValueError, match="subset='half'"):
        fetch_rockjock(subset="half")
    powdr.files["powdR_1.3.0.tar.gz"] = b"<html>"
    with pytest.raises(DownloadError, match="sign-in"):
        fetch_rockjock()
    with pytest.raises(FileNotFoundError):
        fetch_rockjock(download_if_missing=False)
