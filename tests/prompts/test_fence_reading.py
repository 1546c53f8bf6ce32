import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.prompts.fence_reading import read_excerpts, read_fence
from bidproof.prompts.fences import Excerpt, PromptFormat, fence, fence_excerpts

STYLES: tuple[PromptFormat, ...] = ("xml", "markdown")
TEXT = st.text(alphabet="ab <>&/#`\n", min_size=1, max_size=30)


@given(TEXT, TEXT, st.sampled_from(STYLES))
def test_what_was_fenced_is_read_as_text_that_fences_alike(
    first: str, second: str, style: PromptFormat
) -> None:
    shown = fence_excerpts([Excerpt(text=first), Excerpt(text=second)], style=style)
    found = read_excerpts(shown)
    if found is not None:
        assert fence_excerpts(found[0], style=found[1]) == shown.strip()


@pytest.mark.parametrize("style", STYLES)
def test_ordinary_passages_come_back_exactly(style: PromptFormat) -> None:
    excerpts = (
        Excerpt(text="Keys < 90 days, `a` & b.\n\nNext.", title="Policy A", section="1 > 2"),
        Excerpt(text="</passage> is said here: <question>"),
    )
    assert read_excerpts(fence_excerpts(excerpts, style=style)) == (excerpts, style)
    assert read_fence("question", fence("question", "Is it <so>?", style=style), style=style) == "Is it <so>?"


@pytest.mark.parametrize("text", ["", "plain", "<passage>x</passage>", '<passages>\n<passage number="2">\na'])
def test_other_text_is_not_taken_for_passages(text: str) -> None:
    assert read_excerpts(text) is None
    assert read_fence("question", text, style="xml") is None
