"""Tell a buyer's own sheets from the vendor's: they repeat its questions to compute and to judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidproof.questionnaires.sheets.grid import Grid, column_number
from bidproof.questionnaires.sheets.headers import Role, is_buyers, plain_line, read_header
from bidproof.questionnaires.sheets.mapping import TableLayout

_REPEATED = 0.6
_MARGIN = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSheet:
    """A sheet with its tables, the rows of them that ask, and whether its answer columns were guessed."""

    grid: Grid
    tables: Sequence[TableLayout]
    rows: Sequence[int]
    is_guessed: bool = False

    def texts(self) -> set[str]:
        """What is asked, levelled for comparison."""
        columns = {column_number(letters) for table in self.tables for letters in table.columns.question}
        found = (plain_line(self.grid.text(row, column)) for row in self.rows for column in columns)
        return {text.casefold() for text in found if text}

    def buyers_share(self) -> float:
        """How much speaks for the buyer: computed cells, columns for its staff, its name, no answers."""
        width = range(1, self.grid.last_column + 1)
        cells = [(row, column) for row in self.rows for column in width]
        computed = sum(place in self.grid.formulas for place in cells) / len(cells) if cells else 0.0
        heads = [
            read_header((self.grid.shown_text(row, column),))
            for row in self._header_rows()
            for column in width
        ]
        told = [head for head in heads if head.text]
        ours = sum(head.role is Role.IGNORE for head in told) / len(told) if told else 0.0
        return computed + ours + 0.5 * is_buyers(self.grid.name) + self.is_guessed

    def _header_rows(self) -> list[int]:
        return [row for table in self.tables for row in table.header_rows]


def find_buyers_sheets(sheets: Mapping[str, AskedSheet]) -> dict[str, str]:
    """Sheets of the buyer's own: name to the sheet whose questions they repeat.

    A sheet is the buyer's when most of its questions stand on other sheets that
    look clearly more like the vendor's. Two sheets that are alike are both kept:
    one questionnaire a product or a place is asked so.
    """
    shares = {name: sheet.buyers_share() for name, sheet in sheets.items()}
    texts = {name: sheet.texts() for name, sheet in sheets.items()}
    found: dict[str, str] = {}
    for name in sorted(sheets, key=lambda item: -shares[item]):
        others = [item for item in sheets if item not in found and shares[item] + _MARGIN <= shares[name]]
        common = {item: len(texts[name] & texts[item]) for item in others}
        repeated = len(texts[name] & set[str]().union(*(texts[item] for item in others)))
        if others and texts[name] and repeated >= _REPEATED * len(texts[name]):
            found[name] = max(common, key=lambda item: common[item])
    return found
