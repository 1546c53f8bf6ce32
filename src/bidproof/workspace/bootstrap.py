"""Set Django up as a library: its ORM and migrations, without a project or manage.py."""

from django.apps import apps
from django.conf import settings

APP = "bidproof.workspace.app"


def set_up_django() -> None:
    """Make the models importable; later calls do nothing.

    A process that has configured Django itself (a web server) keeps its own
    settings and must list ``bidproof.workspace.app`` in ``INSTALLED_APPS``.
    ``DJANGO_SETTINGS_MODULE`` is not read: a variable meant for another project
    must not change what this program does.
    """
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=[APP],
            # Each workspace registers its own connection; see database.py.
            DATABASES={},
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            USE_TZ=True,
            TIME_ZONE="UTC",
            LOGGING_CONFIG=None,
        )
    if not apps.ready:
        # django.setup() would also import the URL resolver, which nothing here needs.
        apps.populate(settings.INSTALLED_APPS)
