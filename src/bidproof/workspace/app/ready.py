"""The models, importable from anywhere: Django is set up first.

Table modules write ``from bidproof.workspace.app.ready import models``.
"""

from bidproof.workspace.bootstrap import set_up_django

set_up_django()

from bidproof.workspace.app import models  # noqa: E402  (models need Django set up first)

__all__ = ["models"]
