import pytest

from bidproof.documents.titles import choose_title, is_meaningful, title_from_name


@pytest.mark.parametrize(
    "junk",
    [
        "0000320193-22-000070",
        "Untitled",
        "report_final.docx",
        "Document1",
        "",
        "12",
        "unspecified",
        "(anonymous)",
        "<untitled>",
    ],
)
def test_junk_is_no_title(junk):
    assert not is_meaningful(junk)


@pytest.mark.parametrize("title", ["Form 10-Q 2022", "SOC 2", "K8GB", "Datenschutz", "情報セキュリティ方針"])
def test_real_titles_are_kept(title):
    assert is_meaningful(title)


def test_the_first_meaningful_candidate_wins():
    assert (
        choose_title("Untitled", "Microsoft Word - Access Policy", "Later", name="a.pdf") == "Access Policy"
    )


@pytest.mark.parametrize("maker", ["Microsoft Word – ", "Microsoft Office Word - ", "LibreOffice Writer: "])
def test_the_program_that_made_a_file_is_no_part_of_its_title(maker):
    assert choose_title(f"{maker}Access Policy", name="a.pdf") == "Access Policy"
    assert choose_title(f"{maker}Document1", "First heading", name="a.pdf") == "First heading"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a/data_retention-policy.pdf", "data retention policy"),
        ("guides/backup/README.md", "backup README"),
        ("2022 Q3 AAPL.pdf", "2022 Q3 AAPL"),
        ("policy-v1.2.pdf", "policy v1.2"),
        ("2024-03-01.txt", "2024-03-01"),
    ],
)
def test_file_names_become_words(name, title):
    assert title_from_name(name) == title
