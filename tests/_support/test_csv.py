import csv
import io

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xrpdsim._support._csv import format_csv, read_csv
from xrpdsim._support._table import Table

# the characters that matter, made frequent
AWKWARD = st.text(st.sampled_from("=+-@\t\r\n '\"\\,;ud8cf0\u2028\udcff\ud83d\ufeff\x00\x0b\uff1d"))
NOT_UTF_8 = st.binary().map(lambda name: name.decode(errors="surrogateescape"))
NAMES = st.one_of(st.text(), AWKWARD, NOT_UTF_8)
FORMULAS = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("csv") / "table.csv"


def written(path, text):
    path.write_bytes(text.encode())
    return path


@given(st.lists(st.tuples(NAMES, NAMES)))
@example([("'=1", "''=1"), ("'", "' "), ("\\\udcff", "\\udcff"), ("x ", "a\rb")])
def test_names_are_read_back_whatever_they_hold(path, rows):
    text = format_csv(["file", "form"], rows)
    assert read_csv(written(path, text)).rows == [
        {"file": file, "form": form} for file, form in rows if file or form
    ]


@given(NAMES.filter(str.strip))
@example("\ufefffile")
def test_names_of_columns_too(path, name):
    assert read_csv(written(path, format_csv([name], []))).columns == [name]


@given(st.lists(st.tuples(NAMES, st.floats(), st.integers())))
def test_other_readers_find_the_same_cells(rows):
    text = format_csv(["a", "b", "c"], rows)
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [len(line) for line in found] == [3] * (len(rows) + 1)
    for (_, number, count), line in zip(rows, found[1:], strict=True):
        assert repr(float(line[1])) == repr(number)
        assert int(line[2]) == count


@pytest.mark.parametrize("name", [*FORMULAS, "'=1", "''+1", " =1"])
def test_no_cell_begins_as_a_formula(name):
    frame = pd.read_csv(io.StringIO(Table({"file": [name, "a"]}).to_csv()), skip_blank_lines=False)
    assert frame["file"][0].startswith("'")


def test_plain_text_and_numbers_are_written_as_they_are():
    table = Table({"file": ["a.xy", "Form 'I'", "'quoted'"], "shift": [-0.5, 1e-300, None]})
    assert table.to_csv() == "file,shift\na.xy,-0.5\nForm 'I',1e-300\n'quoted',\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_tables_as_spreadsheets_write_them(path, separator, end, mark):
    lines = ["file,form,note", "a.xy , I,", ",,", "b.xy,II,x,,"]
    text = mark + end.join(lines).replace(",", separator)
    table = read_csv(written(path, text), ["file", "form"])
    assert table.rows == [
        {"file": "a.xy", "form": "I", "note": ""},
        {"file": "b.xy", "form": "II", "note": "x"},
    ]
    assert table.numbers == [2, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "lacks the columns file, form; it has none"),
        ("file\na", "lacks the column form; it has file"),
        ("file,form,file\n", "a column appears twice"),
        ("file,form\na,I\n\nb\n", "row 4 has 1 values for 2 columns"),
        ("sep=,\nfile;form\na;I\n", "lacks the columns file, form; it has file;form"),
        ("file,form\na,I,x\n", "row 2 has 3 values for 2 columns"),
        ("file,form\na,I\n,II\n", "row 3: the column 'file' is empty"),
        ("file,form\na,I\n\na,II\n", "row 4: 'a' was already listed in row 2"),
        ('file,form\n"a,I\n', "unexpected end"),
        ("file,form\n" + "a" * 200_000 + ",I\n", "field larger"),
    ],
)  # fmt: skip
def test_tables_with_errors_are_named(path, text, message):
    with pytest.raises(ValueError, match=rf"table\.csv.*{message}"):
        read_csv(written(path, text), ["file", "form"], unique="file")


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Wavelength (A)", "wavelength"), ("Wavelength [Å]", "wavelength"), ("λ", "wavelength"),
        ("wavelength_angstrom", "wavelength"), ("Wavelength in angstrom", "wavelength"),
        ("wavelength_A", "wavelength"), ("WAVELENGTHS", "wavelength"), ("Lambda", "wavelength"),
        ("Wave_Length", "wavelength"), ("wave length", "wavelength"), ("lambda_nm", "wavelength"),
        ("Forms", "form"), ("FORMS", "form"), ("form (lab)", "form"),
    ],
)  # fmt: skip
def test_headings_that_are_nearly_known_are_refused_with_the_name_to_write(path, heading, name):
    text = f"file,{heading}\na.xy,1\n"
    with pytest.raises(ValueError, match="is not known") as caught:
        read_csv(written(path, text), ["file"], known=["form", "wavelength"])
    said = str(caught.value)
    assert f"the column {heading!r} is not known; if it is meant, call it {name!r}" in said
    assert ("with another unit than angstrom beside the values" in said) == (name == "wavelength")


def test_other_headings_and_known_ones_in_capitals_are_no_mistakes(path):
    text = "file,Form,true_form,wavelength_from,forms,(a)\na.xy,I,II,file,,x\n"
    table = read_csv(written(path, text), ["file"], known=["form", "wavelength"])
    assert table.columns == ["file", "form", "true_form", "wavelength_from", "forms", "(a)"]


@pytest.mark.parametrize("heading", ["file,wavelength,Wavelength", "file,File,wavelength"])
def test_two_columns_of_one_name_but_for_capitals_are_refused(path, heading):
    with pytest.raises(ValueError, match="a column appears twice"):
        read_csv(written(path, f"{heading}\na,1,2\n"), ["file"], known=["wavelength"])


def test_empty_columns_without_a_name_are_left_out(path):
    text = "file,relation,,other,,\na,same,,b,,\nb,exclude\nc,form, ,I\n"
    table = read_csv(written(path, text), ["file", "relation"])
    assert table.columns == ["file", "relation", "other"]
    assert table.rows[0] == {"file": "a", "relation": "same", "other": "b"}
    assert table.column("other") == ["b", "", "I"]


@pytest.mark.parametrize("heading", ["file,form,", "file,form,,", "file,form,,,note"])
def test_values_in_a_column_without_a_name_are_refused(path, heading):
    with pytest.raises(ValueError, match=r"row 3: 'CuKa1' stands in column 3, which has no name"):
        read_csv(written(path, f"{heading}\na,I\nb,II,CuKa1\n"), ["file"])


def test_names_of_rows_as_pandas_writes_them_are_left_out(path):
    frame = pd.DataFrame({"file": ["a", "b"], "form": ["I", "II"]})
    table = read_csv(written(path, frame.to_csv()), ["file"])
    assert table.rows == [{"file": "a", "form": "I"}, {"file": "b", "form": "II"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("first", ["", "sep=;\r\n", '"sep=;"\r\n'])
def test_encodings_and_first_lines_of_spreadsheets(path, encoding, first):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path.write_bytes(f"{mark}{first}File;form\r\nSäure.xy;β\r\n".encode(encoding))
    table = read_csv(path, ["file"])
    assert table.rows == [{"file": "Säure.xy", "form": "β"}]
    assert table.numbers == [3 if first else 2]


def test_a_stated_tab(path):
    assert read_csv(written(path, "sep=\t\nfile\tform\na,b\tI\n"), ["file"]).column("file") == [
        "a,b"
    ]


def test_empty_cells_that_a_spreadsheet_leaves_out_at_the_end(path):
    table = read_csv(written(path, "file,relation,other,who\na,exclude\n"), ["file", "relation"])
    assert table.rows == [{"file": "a", "relation": "exclude", "other": "", "who": ""}]


def test_tables_in_the_code_page_of_windows_are_read_with_a_warning(path):
    path.write_bytes("file;form\r\nSäure;½\r\n".encode("cp1252"))
    with pytest.warns(UserWarning, match=r"table\.csv is not UTF-8; it was read as Windows-1252"):
        assert read_csv(path, ["file"]).rows == [{"file": "Säure", "form": "½"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"file\n\x81\n", "is not UTF-8 .*; save it as UTF-8"),
        (b"\xff\xfef\x00\x00", "is not UTF-16 .*; save it as UTF-8"),
    ],
)
def test_text_that_cannot_be_read_is_named(path, content, message):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"table\.csv: the file {message}"):
        read_csv(path, ["file"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04 ... xl/workbook.xml ...", "is an Excel workbook; save the table as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook; save the table as CSV"),
        (b"PK\x03\x04 ...", "is a zip archive, or a workbook of another program; save the table"),
    ],
)
def test_workbooks_are_named_for_what_they_are(path, content, message):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_csv(path)
