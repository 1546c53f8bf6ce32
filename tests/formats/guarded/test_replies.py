"""What comes out of a guarded child, on every Python."""

import pytest

from bidproof.core.records import Block, BlockKind
from bidproof.formats.guarded.replies import Reply, dump_reply, load_reply


def test_an_enum_comes_out_whatever_python_makes_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11.2 takes a member for an attribute of its class, fetched by ``getattr``."""

    def as_attribute(kind: BlockKind, protocol: object) -> object:
        return getattr, (BlockKind, kind.name)

    monkeypatch.setattr(BlockKind, "__reduce_ex__", as_attribute)
    block = Block(kind=BlockKind.TABLE, start=0, end=4)
    found = load_reply(dump_reply(Reply(outcome="value", value=block)))
    assert found.value == block
