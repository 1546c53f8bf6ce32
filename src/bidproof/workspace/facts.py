"""Named texts about a workspace, such as the fingerprint of its index."""

from bidproof.workspace.app.ready import models
from bidproof.workspace.database import Database


class FactTable:
    """Text by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = models.Fact.objects.using(database.alias)

    def get(self, name: str) -> str | None:
        """The text stored under a name; None when there is none."""
        return self._database.read(
            lambda: self._rows.filter(name=name).values_list("value", flat=True).first()
        )

    def set(self, name: str, value: str) -> None:
        """Store a text under a name, replacing what was there."""
        self._database.write(lambda: self._rows.update_or_create(name=name, defaults={"value": value}))

    def keep(self, name: str, value: str) -> str:
        """The text stored under a name; where there is none, the value, stored from now on."""
        kept = self.get(name)
        if kept is not None:
            return kept
        row = self._database.write(lambda: self._rows.get_or_create(name=name, defaults={"value": value})[0])
        return row.value

    def remove(self, name: str) -> None:
        """Forget a name; nothing happens when it is not there."""
        self._database.write(lambda: self._rows.filter(name=name).delete())

    def all(self) -> dict[str, str]:
        """Every name with its text, ordered by name."""
        return self._database.read(lambda: dict(self._rows.order_by("name").values_list("name", "value")))
