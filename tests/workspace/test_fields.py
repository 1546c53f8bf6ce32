"""Every string comes back as it went in, in a form that databases take."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bidproof.workspace.bootstrap import set_up_django

set_up_django()

from bidproof.workspace.app.fields import escape, unescape  # noqa: E402

ANY = st.text(alphabet=st.characters())


@settings(deadline=None)
@given(ANY)
@example("\x00")
@example("\udce9")
@example("\ufffe")
@example('\ufffe"quoted"')
def test_escaping_loses_nothing(text: str) -> None:
    stored = escape(text)
    assert unescape(stored) == text
    assert "\x00" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored


@settings(deadline=None)
@given(ANY, ANY)
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)
