from bidproof.answering.evidence import pages_of
from bidproof.core.records import Box, Passage, Span
from passages import make_passage


def two_pages(**values: object) -> Passage:
    boxes = tuple(Box(page=page, left=0, top=0, right=1, bottom=1) for page in (4, 4, 5))
    text = "One line here.\nTwo lines here.\nThree lines here."
    return make_passage(text, start=10, pages=(4, 5), boxes=boxes, **values)


def test_pages_are_exact_where_lines_have_boxes() -> None:
    passage = two_pages()
    last = passage.text.index("Three")
    assert pages_of(passage, Span(start=10, end=20)) == (4,)
    assert pages_of(passage, Span(start=10 + last, end=passage.end)) == (5,)
    assert pages_of(passage, Span(start=10, end=passage.end)) == (4, 5)


def test_pages_fall_back_to_those_of_the_passage() -> None:
    passage = make_passage("One line here.\nTwo lines here.", start=10, pages=(4, 5))
    assert pages_of(passage, Span(start=10, end=15)) == (4, 5)
