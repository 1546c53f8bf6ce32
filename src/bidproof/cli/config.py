"""``bidproof config``: every setting, its value, and where that came from."""

import click

from bidproof.cli.inputs import Invocation, inputs


@click.command(name="config")
@inputs()
def command(invocation: Invocation) -> None:
    """Show every setting and where it came from.

    Set one for good in bidproof.toml inside the workspace folder ([retrieval] top_k = 5), for a
    shell with BIDPROOF_RETRIEVAL_TOP_K=5, or for one command with --set retrieval.top_k=5.
    """
    from bidproof.cli.printing.basics import print_settings
    from bidproof.runtime.session import load_configuration

    found = load_configuration(invocation.session_request)
    document = {"workspace": str(found.folder), "settings": found.origins}
    invocation.show(found, print_settings, document=document)
