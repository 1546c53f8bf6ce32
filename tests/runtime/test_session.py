"""The settings file of a workspace is somebody's text: what is wrong with it is said in two lines."""

from pathlib import Path

import pytest

from bidproof.core.errors import InvalidSetting
from bidproof.runtime.session import SessionRequest, load_configuration


@pytest.mark.parametrize(
    "content", ["a = " + "[" * 3000 + "]" * 3000, "a", "[a"], ids=["deep", "cut", "open"]
)
def test_a_settings_file_that_is_no_toml_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "bidproof.toml").write_text(content)
    with pytest.raises(InvalidSetting, match=r"bidproof\.toml'.*expected TOML"):
        load_configuration(SessionRequest(workspace=tmp_path))
