def test_a_header_row_is_recognised(read, shown):
    document = read("controls.csv", 'Control,Status\nA.1,"Yes, fully"\nA.2,No\n')

    assert shown(document) == [("table", "Control | Status\nA.1 | Yes, fully\nA.2 | No")]
    assert document.blocks[0].header_rows == 1
    assert document.title == "controls"


def test_a_declared_separator_is_no_text(read):
    assert (
        read("a.csv", "sep=;\nControl;Status\nA.1;Yes, fully\n").text == "Control | Status\nA.1 | Yes, fully"
    )


def test_a_quote_that_never_ends_is_text(read):
    assert read("a.csv", 'Size,Note\n19"," flat\n').text == 'Size | Note\n19" | " flat'
