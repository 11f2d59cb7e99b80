import io
import threading
from contextlib import redirect_stderr

import pytest

from xrpdsim._support import _progress
from xrpdsim._support._progress import track


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(stream, **options):
    """What counting to three writes to standard error."""
    with redirect_stderr(stream):
        assert list(track(range(3), "reading", **options)) == [0, 1, 2]
    return stream.getvalue()


def test_a_bar_counts_what_is_done():
    text = shown(Terminal(), delay=0.0, mininterval=0.0)
    assert "reading" in text
    assert "3/3" in text


def test_what_is_done_at_once_shows_no_bar(monkeypatch):
    monkeypatch.setattr(_progress, "DELAY", 1000.0)
    assert shown(Terminal()) == ""


@pytest.mark.parametrize(
    ("stream", "options"), [(Terminal(), {"show": False}), (io.StringIO(), {})]
)
def test_no_bar_and_no_thread_unasked_or_in_a_file(stream, options):
    before = threading.active_count()
    assert shown(stream, delay=0.0, mininterval=0.0, **options) == ""
    assert threading.active_count() == before


def test_a_bar_ends_where_the_work_fails():
    stream = Terminal()

    def fail_at_the_second():
        for number in track(range(3), "dividing", delay=0.0, mininterval=0.0):
            assert 1 / (number - 1)

    with redirect_stderr(stream), pytest.raises(ZeroDivisionError):
        fail_at_the_second()
    assert stream.getvalue().endswith("\n")
    assert "1/3" in stream.getvalue()
    assert "3/3" not in stream.getvalue()
