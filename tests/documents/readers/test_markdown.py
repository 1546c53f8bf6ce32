def test_front_matter_gives_title_and_date(read, shown):
    document = read(
        "policy.md", "---\ntitle: 'Access Policy'\nlast_updated: 2024-03-05\n---\n# Other\n\nText.\n"
    )

    assert document.title == "Access Policy"
    assert document.written.isoformat() == "2024-03-05"
    assert shown(document) == [("heading 1", "Other"), ("paragraph", "Text.")]


def test_markup_badges_and_comments_are_left_out(read, shown):
    source = (
        "# Guide<a name='x'></a>\n\n[![Build](https://ci/badge.svg)](https://ci)\n\n<!-- hidden -->\n\n"
        "Use **TLS 1.3** and `AES-256`, see [the guide](https://example.com/very/long).\n"
    )
    document = read("guide.md", source)

    assert shown(document) == [
        ("heading 1", "Guide"),
        ("paragraph", "Use TLS 1.3 and AES-256, see the guide (https://example.com/very/long)."),
    ]


def test_lists_tables_and_code_keep_their_lines(read, shown):
    source = (
        "## Backups\n\n1. Daily\n2. Weekly\n   - off site\n\n"
        "| Tier | Kept |\n| --- | --- |\n| Gold | 90 days |\n\n```sh\nrun  --all\n\n  now\n```\n"
    )
    document = read("backups.md", source)

    assert shown(document) == [
        ("heading 2", "Backups"),
        ("list", "1. Daily\n2. Weekly\n- off site"),
        ("table", "Tier | Kept\nGold | 90 days"),
        ("code", "run  --all\n\n  now"),
    ]
    assert [block.header_rows for block in document.blocks] == [0, 0, 1, 0]


def test_html_inside_markdown_is_read(read, shown):
    document = read("readme.md", "<h1 align='center'>K8GB</h1>\n\n<p>Balances <b>load</b>.</p>\n\nEnd.\n")

    assert shown(document) == [("heading 1", "K8GB"), ("paragraph", "Balances load."), ("paragraph", "End.")]
    assert document.title == "K8GB"


def test_a_title_falls_back_to_the_file_name(read):
    assert read("data-retention_policy.md", "Just text.").title == "data retention policy"


def test_invisible_characters_are_stripped(read):
    document = read("a.md", "Safe\u200b text\u202e \U000e0041\U000e0042here\u00ad.")

    assert document.text == "Safe text here."


def test_a_footnote_stands_behind_its_sentence_and_goes_from_its_place(read, shown):
    source = (
        "# Backups[^h]\n\nKept 90 days[^1] everywhere. Encrypted.\n\n"
        "| Region | Days |\n|--|--|\n| EU[^x] | 90 |\n\n"
        "[^1]: Except in *Porto*,\n    where it is 14.\n[^h]: Since May.\n[^x]: And `UK`.\n"
        "\nLast, unknown[^zz].\n"
    )

    assert shown(read("backups.md", source)) == [
        ("heading 1", "Backups"),
        ("paragraph", "Footnote 1: Since May."),
        ("paragraph", "Kept 90 days everywhere. Footnote 2: Except in Porto, where it is 14. Encrypted."),
        ("table", "Region | Days\nEU Footnote 3: And UK. | 90"),
        ("paragraph", "Last, unknown[^zz]."),
    ]


def test_targets_inside_the_folder_and_those_the_words_say_are_left_out(read):
    source = (
        "[a](b.md) [c](#d) <https://x.example> [x.example](https://www.x.example/) [e](mailto:f@x.example)\n"
    )
    assert read("links.md", source).text == "a c https://x.example x.example e (e-mail: f@x.example)"


def test_a_page_of_front_matter_alone_says_its_title_and_description(read):
    page = "---\ntitle: Backups\ndescription: Where our backups are kept\nlayout: hub\n---\n"
    document = read("hub.md", page)

    assert (document.title, document.text) == ("Backups", "Backups. Where our backups are kept")
