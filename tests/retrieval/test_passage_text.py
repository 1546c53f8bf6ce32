from dataclasses import replace

from bidproof.retrieval.passage_text import body_terms, embedding_text, file_words, name_terms, place_terms
from passages import make_passage


def test_the_place_comes_before_the_words() -> None:
    passage = make_passage(
        "Nightly.", path="ops/Backup Policy.md", title="Backup Policy", heading_path=("Go",)
    )
    assert embedding_text(passage) == "Backup Policy > Go\nNightly."


def test_the_file_name_is_added_where_the_title_lacks_it() -> None:
    passage = make_passage("Sales rose.", path="2023 Q3 ACME.pdf", title="Form 10-Q")
    assert embedding_text(passage).startswith("2023 Q3 ACME > Form 10-Q\n")


def test_only_inner_headings_are_embedded_but_all_are_words() -> None:
    passage = make_passage("x", title="policy", heading_path=("Part one", "Chapter two", "Section three"))
    assert "Part one" not in embedding_text(passage)
    assert "Chapter two > Section three" in embedding_text(passage)
    assert "part" in place_terms(passage)


def test_generic_file_names_take_their_folder() -> None:
    assert file_words("charts/payment-gateway/README.md") == "payment gateway README"
    assert file_words("README.md") == "README"


def test_a_repeated_table_header_is_found_too() -> None:
    passage = make_passage("Gold | 99.9")
    headed = replace(passage, table_header="Tier | Uptime")
    assert "uptim" in body_terms(headed)
    assert "uptim" not in body_terms(passage)


def test_names_hold_folders_file_and_title_but_no_headings() -> None:
    passage = make_passage("x", path="legal/NDA_2024.md", title="Mutual NDA", heading_path=("Term",))
    assert {"legal", "2024", "mutual"} <= set(name_terms(passage))
    assert "term" not in name_terms(passage)
