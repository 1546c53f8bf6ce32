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


def test_the_store_is_imported_without_pandas_which_arrow_recognises_once_it_is_there() -> None:
    code = (
        "import sys; from bidproof.retrieval.lancedb_import import import_lancedb; import_lancedb(); "
        "found = 'pandas' in sys.modules; import pyarrow, pandas; "
        "days = pandas.Series(pandas.to_datetime(['2026-01-01', None])); "
        "print(found, pyarrow.array(days).null_count, pandas.__spec__.loader.get_filename())"
    )
    words = run(code).split()
    assert words[:2] == ["False", "1"]
    assert words[2].endswith("__init__.py")
