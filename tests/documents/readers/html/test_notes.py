def test_a_note_that_a_raised_number_links_to_stands_with_its_sentence(read, shown):
    page = (
        '<h1>Backups</h1><p>Kept 90 days<sup id="r1"><a href="#fn1">1</a></sup> everywhere. Encrypted.</p>'
        '<ul><li>Daily<sup><a href="#fn2">2</a></sup></li></ul>'
        '<ol><li id="fn1">Except in Porto. <a href="#r1">↩</a></li><li id="fn2"><p>At night</p></li></ol>'
    )

    assert shown(read("page.html", page)) == [
        ("heading 1", "Backups"),
        ("paragraph", "Kept 90 days everywhere. Footnote 1: Except in Porto. Encrypted."),
        ("list", "- Daily Footnote 2: At night."),
    ]


def test_a_raised_link_to_a_part_of_the_page_is_no_note(read):
    page = '<div id="top"><p>Kept<sup><a href="#top">top</a></sup> 90 days.</p></div><p>More.</p>'

    assert read("page.html", page).text == "Kepttop 90 days.\n\nMore."


def test_the_target_of_a_link_stays_in_prose_lists_and_cells(read):
    page = (
        '<p>Ask <a href="mailto:a@x.example">us</a>.</p><ul><li><a href="https://x.example/s">Status</a></li></ul>'
        '<table><tr><td>See</td><td><a href="https://x.example/t">Terms</a></td></tr></table>'
        '<p><a href="#part">Part</a> <a href="https://x.example">x.example</a></p>'
    )

    assert read("page.html", page).text == (
        "Ask us (e-mail: a@x.example).\n\n- Status (https://x.example/s)\n\n"
        "See | Terms (https://x.example/t)\n\nPart x.example"
    )
