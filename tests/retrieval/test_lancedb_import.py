import subprocess
import sys


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_store_is_imported_without_the_client_of_its_remote_catalogue() -> None:
    code = (
        "import sys; from bidproof.retrieval.lancedb_import import import_lancedb; import_lancedb(); "
        "print('lancedb' in sys.modules, 'lance_namespace_urllib3_client.api' in sys.modules)"
    )
    assert run(code) == "True False"


def test_the_client_can_still_be_imported_afterwards() -> None:
    code = (
        "from bidproof.retrieval.lancedb_import import import_lancedb; import_lancedb(); "
        "import lance_namespace_urllib3_client as client; print(hasattr(client, 'ApiClient'))"
    )
    assert run(code) == "True"
