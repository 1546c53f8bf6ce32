"""Registration of the app with Django."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    """Tables are named ``workspace_<model>``."""

    name = "bidproof.workspace.app"
    label = "workspace"
    default_auto_field = "django.db.models.BigAutoField"
