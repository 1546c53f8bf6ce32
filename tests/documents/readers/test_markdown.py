def test_front_matter_gives_title_and_date(read, shown):
    document = read(
        "policy.md", "---\ntitle: 'Access Policy'\nlast_updated: 2024-03-05\n---\n# Other\n\nText.\n"
    )

    assert document.title == "Access Policy"
    assert document.written.isoformat() == "2024-03-05"
    assert shown(document) == [("heading 1", "Other"), ("paragraph", "Text.")]


def test_markup_links_badges_and_comments_are_left_out(read, shown):
    source = (
        "# Guide<a name='x'></a>\n\n[![Build](https://ci/badge.svg)](https://ci)\n\n<!-- hidden -->\n\n"
        "Use **TLS 1.3** and `AES-256`, see [the guide](https://example.com/very/long).\n"
    )
    document = read("guide.md", source)

    assert shown(document) == [
        ("heading 1", "Guide"),
        ("paragraph", "Use TLS 1.3 and AES-256, see the guide."),
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
