"""Ids: equal input gives equal ids, different input different ones."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.core.ids import DocumentId, digest, document_id, passage_id

TEXTS = st.lists(st.text(alphabet=st.characters(), max_size=20), max_size=5)


@settings(deadline=None)
@given(TEXTS)
def test_a_digest_is_stable_and_short(parts: list[str]) -> None:
    assert digest(*parts) == digest(*parts)
    assert len(digest(*parts)) == 16
    assert digest(*parts, length=40).startswith(digest(*parts))
    assert set(digest(*parts)) <= set("0123456789abcdef")


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_where_one_part_ends_matters(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


def test_known_values_hold_across_versions() -> None:
    # Ids are stored in workspaces: a change of these breaks every one of them.
    assert document_id("policies/security.pdf") == "66fd7c435c94d8c7"
    assert passage_id(DocumentId("d"), content_hash="c", start=0, end=10) == "e2fb243fab3173b3"


def test_a_passage_id_depends_on_everything_it_is_made_of() -> None:
    document = document_id("a.pdf")
    ids = {
        passage_id(document, content_hash="c", start=0, end=10),
        passage_id(document, content_hash="c", start=0, end=11),
        passage_id(document, content_hash="c", start=1, end=10),
        passage_id(document, content_hash="d", start=0, end=10),
        passage_id(document_id("b.pdf"), content_hash="c", start=0, end=10),
    }
    assert len(ids) == 5
