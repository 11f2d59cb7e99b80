from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.inspection._visible import visible


@given(st.text(st.characters(exclude_categories=[])))
def test_any_name_can_be_written_and_is_safe_in_xml(name):
    shown = visible(name)
    shown.encode("utf-8")
    # XML 1.0, production 2, and no control characters at all
    assert all(
        0x20 <= ord(c) < 0x7F or 0xA0 <= ord(c) <= 0xD7FF or 0xE000 <= ord(c) <= 0xFFFD
        or ord(c) >= 0x10000
        for c in shown
    )  # fmt: skip


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_what_can_be_read_stays(name):
    assert visible(name) == name


def test_marks_that_turn_text_around_do_not_hide_an_ending():
    assert visible("Form\N{RIGHT-TO-LEFT OVERRIDE}yx.") == "Form\N{REPLACEMENT CHARACTER}yx."


def test_file_names_that_are_not_utf8_show_their_bytes():
    name = b"caf\xe9.xy".decode("utf-8", "surrogateescape")
    assert visible(name) == r"caf\xe9.xy"
