def test_headings_lists_and_paragraphs(read, shown):
    source = (
        "Access Policy\n=============\n\nUsers must use MFA.\nAlways.\n\nSCOPE OF THIS POLICY\n\n"
        "- staff\n- contractors\n  and guests\n\n2.1 Password rules\n\nTwelve characters.\n"
    )
    document = read("policy.txt", source)

    assert shown(document) == [
        ("heading 1", "Access Policy"),
        ("paragraph", "Users must use MFA.\nAlways."),
        ("heading 2", "SCOPE OF THIS POLICY"),
        ("list", "- staff\n- contractors and guests"),
        ("heading 2", "2.1 Password rules"),
        ("paragraph", "Twelve characters."),
    ]
    assert document.title == "Access Policy"


def test_windows_and_utf16_encodings(read):
    assert read("a.txt", "naïve “quoted”".encode("cp1252")).text == "naïve “quoted”"
    assert read("b.txt", "naïve".encode("utf-16")).text == "naïve"
