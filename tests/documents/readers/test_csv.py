import pytest

from bidproof.documents.readers.csv import find_delimiter


@pytest.mark.parametrize(
    ("text", "sign"),
    [("a,b\n1,2\n", ","), ("a;b\n1,5;2\n", ";"), ("a\tb\n1\t2", "\t"), ("alone\n", ",")],
)
def test_the_delimiter_is_found(text, sign):
    assert find_delimiter(text) == sign


def test_a_header_row_is_recognised(read, shown):
    document = read("controls.csv", 'Control,Status\nA.1,"Yes, fully"\nA.2,No\n')

    assert shown(document) == [("table", "Control | Status\nA.1 | Yes, fully\nA.2 | No")]
    assert document.blocks[0].header_rows == 1
    assert document.title == "controls"
