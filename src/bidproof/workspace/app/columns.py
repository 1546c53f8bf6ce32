"""Columns that the migrations make again and again.

A migration that has shipped makes what it made: change none of these.
"""

from typing import Any, TypeAlias

from django.db import migrations, models
from django.db.models import CASCADE

from bidproof.workspace.app.fields import ExactTextField

Column: TypeAlias = tuple[str, "models.Field[Any, Any]"]


def table(name: str, *columns: Column, **options: Any) -> migrations.CreateModel:
    """A table with these columns in this order; ``options`` as in a model's ``Meta``."""
    return migrations.CreateModel(name=name, fields=list(columns), options=options)


def number() -> Column:
    """A row's number, counted up by the database."""
    return _column(
        "id", models.BigAutoField, auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def stamps() -> tuple[Column, Column]:
    """When a row was made and last changed."""
    return moment("created_at", auto_now_add=True), moment("updated_at", auto_now=True)


def moment(name: str, **settings: Any) -> Column:
    """A time in UTC."""
    return _column(name, models.DateTimeField, **settings)


def exact(name: str, **settings: Any) -> Column:
    """Text of any length."""
    return _column(name, ExactTextField, **settings)


def line(name: str, max_length: int, **settings: Any) -> Column:
    """Text of so many characters at most."""
    return _column(name, models.CharField, max_length=max_length, **settings)


def count(name: str, **settings: Any) -> Column:
    """A whole number, 0 or more."""
    return _column(name, models.PositiveIntegerField, **settings)


def parent(name: str, *, related_name: str, on_delete: Any = CASCADE, **settings: Any) -> Column:
    """The row of another table that a row belongs to; the column is called as that table."""
    settings |= {"to": f"workspace.{name}", "on_delete": on_delete, "related_name": related_name}
    return _column(name, models.ForeignKey, **settings)


def body_of(name: str) -> Column:
    """The row whose body is kept apart; its key is this one's too."""
    settings = {"to": f"workspace.{name}", "on_delete": CASCADE, "related_name": "body"}
    return _column(name, models.OneToOneField, **settings, primary_key=True, serialize=False)


def added(table_name: str, *columns: Column) -> list[migrations.AddField]:
    """The columns that a table gets beside those that it has."""
    return [migrations.AddField(table_name, name, field) for name, field in columns]


def _column(name: str, kind: Any, **settings: Any) -> Column:
    return (name, kind(**settings))
