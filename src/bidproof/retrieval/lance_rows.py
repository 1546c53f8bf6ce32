"""Passages as rows of a LanceDB table, and back."""

# pyarrow ships incomplete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bidproof.core.jsonable import from_json, to_json
from bidproof.core.records import Passage
from bidproof.retrieval.passage_text import body_terms, name_terms, place_terms

if TYPE_CHECKING:
    from bidproof.retrieval.protocol import Vectors

BODY_TERMS, PLACE_TERMS, NAME_TERMS = "body_terms", "place_terms", "name_terms"
"""Columns of analysed words, single spaces between them."""


def schema_of(dimension: int) -> Any:
    """Columns of the table."""
    import pyarrow as pa

    return pa.schema(
        [
            ("id", pa.string()),
            ("document_id", pa.string()),
            ("path", pa.string()),
            ("start", pa.int64()),
            ("tags", pa.list_(pa.string())),
            ("written", pa.date32()),
            ("record", pa.string()),
            (BODY_TERMS, pa.string()),
            (PLACE_TERMS, pa.string()),
            (NAME_TERMS, pa.string()),
            ("vector", pa.list_(pa.float32(), dimension)),
        ]
    )


@lru_cache(maxsize=4096)
def stored_passage(record: str) -> Passage:
    """A stored record back; the questions of one questionnaire keep finding the same ones."""
    return from_json(Passage, json.loads(record))


def is_in(column: str, values: Collection[str]) -> str:
    """That a column holds one of some texts, as SQL."""
    return f"{column} IN ({', '.join(_quoted(value) for value in sorted(values))})"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def rows_of(passages: Sequence[Passage], vectors: "Vectors") -> Any:
    """Passages with their vectors, float32 ``[len(passages), dimension]``, as rows of the table."""
    import pyarrow as pa

    dimension = int(vectors.shape[1])

    flat = pa.array(vectors.reshape(-1), type=pa.float32())
    columns = [
        [item.id for item in passages],
        [item.document_id for item in passages],
        [item.path for item in passages],
        [item.start for item in passages],
        [list(item.tags) for item in passages],
        [item.written for item in passages],
        [json.dumps(to_json(item), ensure_ascii=False) for item in passages],
        [" ".join(body_terms(item)) for item in passages],
        [" ".join(place_terms(item)) for item in passages],
        [" ".join(name_terms(item)) for item in passages],
        pa.FixedSizeListArray.from_arrays(flat, dimension),
    ]
    schema = schema_of(dimension)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
