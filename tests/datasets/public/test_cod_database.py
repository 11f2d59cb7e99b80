from pathlib import Path

import pytest

from xrpdsim.datasets import DownloadError, fetch_cod_structures
from xrpdsim.datasets.public import cod_database
from xrpdsim.datasets.public.cod_database import RateLimiter, check_cod_ids

pytest.importorskip("pooch")

STRUCTURES = Path(__file__).parents[3] / "../shared/data/structures"

CIF = """\
#------------------------------------------------------------------------------
# This file is available in the Crystallography Open Database (COD)
data_{number}
loop_
_publ_author_name
'Author, A.'
'Writer, B. C.'
_journal_name_full               'Journal of Examples'
_journal_paper_doi               10.1000/example
_journal_volume                  7
_journal_page_first              123
_journal_year                    2011
_chemical_formula_sum            'C9 H8 O4'
_chemical_name_common            Aspirin
_space_group_name_H-M_alt        'P 1 21/c 1'
_cell_length_a                   11.278(3)
_cell_length_b                   6.552
_cell_length_c                   11.274
_cell_angle_alpha                90
_cell_angle_beta                 95.84
_cell_angle_gamma                90
_cell_measurement_temperature    100(2)
"""


@pytest.fixture
def waits(monkeypatch):
    """The seconds waited, on a clock that only waiting moves."""
    waits = []
    limiter = RateLimiter(3.0, clock=lambda: sum(waits), sleep=waits.append)
    monkeypatch.setattr(cod_database, "_limiter", limiter)
    return waits


@pytest.fixture
def cod(site, waits, monkeypatch):
    for number in ("1000001", "1000002", "1000003"):
        site.files[f"{number}.cif"] = CIF.format(number=number).encode()
    monkeypatch.setattr(cod_database, "URL", site.url("{}.cif"))
    return site


def test_structures(cod):
    bunch = fetch_cod_structures([1000002, "1000001"])
    assert [Path(name).name for name in bunch.filenames] == ["1000002.cif", "1000001.cif"]
    assert Path(bunch.filenames[0]).read_bytes() == cod.files["1000002.cif"]
    assert bunch.structures.rows()[1] == {
        "cod_id": "1000001",
        "name": "Aspirin",
        "formula": "C9 H8 O4",
        "space_group": "P 1 21/c 1",
        "cell": (11.278, 6.552, 11.274, 90.0, 95.84, 90.0),
        "temperature": 100.0,
        "citation": "Author, A.; Writer, B. C., Journal of Examples, 7, 123, 2011, 10.1000/example",
    }
    assert "CC0" in bunch.DESCR
    assert bunch.frame is None


def test_as_frame(cod):
    pytest.importorskip("pandas")
    frame = fetch_cod_structures([1000001, 1000002], as_frame=True).frame
    assert frame["cod_id"].tolist() == ["1000001", "1000002"]


def test_one_request_in_three_seconds(cod, waits):
    fetch_cod_structures([1000001, 1000002])
    assert waits == [3.0]
    fetch_cod_structures([1000001, 1000002])
    assert waits == [3.0]
    fetch_cod_structures([1000001, 1000002, 1000003])
    assert waits == [3.0, 3.0]
    assert len(cod.requests) == 3


def test_attempts_after_a_broken_connection_wait_their_turn(cod, waits):
    cod.files["1000001.cif"] = CIF.format(number=1000001).encode() + b"#" * 100_000
    cod.break_after = [40_000]
    fetch_cod_structures([1000001])
    assert len(cod.requests) == 2
    assert waits == [3.0]


def test_time_that_has_passed_is_not_waited_again():
    now, waits = [0.0], []
    limiter = RateLimiter(3.0, clock=lambda: now[0], sleep=waits.append)
    limiter.wait()
    now[0] = 1.25
    limiter.wait()
    now[0] = 60.0
    limiter.wait()
    assert waits == [1.75]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([100001], "'100001' is not a COD number"),
        (["0000001"], "not a COD number"),
        (["../1000001"], "not a COD number"),
        (["\uff11000001"], "not a COD number"),
        ([1000001.0], "not a COD number"),
        ([1000001, "1000001"], "1000001 more than once"),
        ([], "ids is empty"),
        (1000001, "must be a list"),
        ("1000001", "must be a list"),
    ],
)
def test_numbers_are_checked_before_anything_is_asked(cod, ids, message):
    with pytest.raises(ValueError, match=message):
        fetch_cod_structures(ids)
    assert cod.requests == []


def test_unknown_number_and_other_answers(cod):
    with pytest.raises(DownloadError, match=r"(?s)1000009.cif could not be fetched.*404"):
        fetch_cod_structures([1000009])
    cod.files["1000004.cif"] = b"<html>sorry</html>"
    with pytest.raises(DownloadError, match="sign-in"):
        fetch_cod_structures([1000004])
    cod.files["1000005.cif"] = CIF.format(number=1000001).encode()
    with pytest.raises(ValueError, match="holds '1000001', not COD 1000005"):
        fetch_cod_structures([1000005])
    cod.files["1000006.cif"] = b"# cut\ndata_1000006\n_a 'unfinished\n"
    with pytest.raises(ValueError, match="is not a CIF of one structure"):
        fetch_cod_structures([1000006])


def test_a_file_without_any_structure_is_named(cod):
    cod.files["1000007.cif"] = b"# nothing else\n"
    with pytest.raises(ValueError, match=r"1000007\.cif is not a CIF of one structure"):
        fetch_cod_structures([1000007])


def test_a_name_in_another_encoding(cod):
    text = CIF.format(number=1000008).replace("Aspirin", "'Säure'")
    cod.files["1000008.cif"] = text.encode("latin-1")
    assert fetch_cod_structures([1000008]).structures["name"] == ["S\ufffdure"]


def test_offline_with_some_files(cod):
    fetch_cod_structures([1000001])
    assert len(fetch_cod_structures([1000001], download_if_missing=False).filenames) == 1
    with pytest.raises(FileNotFoundError, match=r"1000002\.cif by hand"):
        fetch_cod_structures([1000001, 1000002], download_if_missing=False)


@pytest.mark.skipif(not STRUCTURES.exists(), reason="needs real COD files")
def test_real_files(cod):
    paths = [path for path in sorted(STRUCTURES.glob("*.cif"))[::15] if path.stem.isdigit()]
    for path in paths:
        cod.files[path.name] = path.read_bytes()
    rows = fetch_cod_structures([path.stem for path in paths]).structures.rows()
    assert len(rows) >= 10
    for row in rows:
        assert row["formula"]
        assert row["space_group"]
        assert row["citation"]
        assert None not in row["cell"]


def test_check_cod_ids():
    assert check_cod_ids(iter([1000001, "7000000"])) == ["1000001", "7000000"]
