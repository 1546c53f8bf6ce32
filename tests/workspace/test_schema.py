"""The migrations make the tables that the models describe."""

from pathlib import Path

from bidproof.workspace.bootstrap import set_up_django
from bidproof.workspace.database import Database
from bidproof.workspace.schema import expected_migrations, migrate
from bidproof.workspace.store import Workspace


def test_no_change_of_the_models_lacks_a_migration() -> None:
    set_up_django()
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None)
    now = ProjectState.from_apps(apps)
    detected = MigrationAutodetector(loader.project_state(), now).changes(loader.graph)
    assert detected == {}


def test_every_table_and_column_of_the_models_is_there(workspace: Workspace) -> None:
    from django.apps import apps
    from django.db import connections

    database = Database(workspace.folder / "bidproof.db")

    def columns() -> dict[str, set[str]]:
        connection = connections[database.alias]
        with connection.cursor() as cursor:
            return {
                table: {
                    column.name for column in connection.introspection.get_table_description(cursor, table)
                }
                for table in connection.introspection.table_names(cursor)
            }

    found = database.read(columns)
    database.close()
    for model in apps.get_app_config("workspace").get_models():
        assert found[model._meta.db_table] == {field.column for field in model._meta.local_fields}


def test_migrating_again_does_nothing(tmp_path: Path) -> None:
    Workspace.open(tmp_path).close()
    before = (tmp_path / "bidproof.db").read_bytes()
    database = Database(tmp_path / "bidproof.db")
    migrate(database)
    database.close()
    assert (tmp_path / "bidproof.db").read_bytes() == before


def test_a_workspace_without_tables_is_brought_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "bidproof.db").touch()
    with Workspace.open(tmp_path) as workspace:
        assert workspace.facts.all() == {}
    assert expected_migrations()
