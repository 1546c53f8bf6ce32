"""Faults of processes, disks and databases: which test injects each, and how often.

What endpoints do is in ``fault_rows.py``.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class MachineFault:
    """A fault and its tests.

    Attributes:
        name: Its row in ``docs/reliability.md``.
        tests: As pytest takes them.
        count: Injections in one run of the tests; for each repeat, where they repeat themselves.
        repeated: By the tests themselves (``BIDPROOF_REPEATS``), by running them so often, or not at all.
    """

    name: str
    tests: tuple[str, ...]
    count: int = 1
    repeated: Literal["inside", "outside", "not"] = "inside"


STORAGE, STOPPING = "tests/faults/test_storage_faults.py", "tests/faults/test_stopping.py"
MACHINE_FAULTS = (
    MachineFault(
        name="25 kill -9 of a run that answers",
        tests=("tests/faults/test_kill_answer.py::test_answer_survives_50_kills",),
        count=50,
        repeated="not",
    ),
    MachineFault(
        name="27 kill between the files of an export",
        tests=(f"{STOPPING}::test_a_kill_between_outputs_never_leaves_the_answered_file_alone",),
        count=3,
        repeated="outside",
    ),
    MachineFault(
        name="28 fifty submissions of one questionnaire",
        tests=(f"{STOPPING}::test_fifty_submissions_of_one_questionnaire_are_one_jobs_work",),
        count=50,
        repeated="not",
    ),
    MachineFault(
        name="29 two workers, one job",
        tests=(
            "tests/concurrency/test_two_answers.py::"
            "test_one_questionnaire_answered_twice_at_once_is_paid_once",
            "tests/concurrency/test_two_answers.py::test_a_worker_taken_for_dead_writes_nothing_more",
            "tests/faults/test_kill_two_answers.py::test_two_runs_of_one_questionnaire_survive_kills",
        ),
        count=3,
    ),
    MachineFault(
        name="30 disk full for the database and the index",
        tests=(f"{STORAGE}::test_a_full_disk_is_told_in_words_and_goes_on_where_it_stopped",),
        count=3,
        repeated="outside",
    ),
    MachineFault(
        name="31 disk full for an export",
        tests=(f"{STORAGE}::test_no_space_for_outputs_leaves_none_and_the_next_run_pays_nothing",),
        count=3,
        repeated="outside",
    ),
    MachineFault(
        name="32 database locked",
        tests=(f"{STORAGE}::test_a_locked_database_is_waited_for_and_then_named",),
        count=2,
        repeated="outside",
    ),
    MachineFault(
        name="33 write-ahead log pinned by a reader",
        tests=(f"{STORAGE}::test_a_reader_that_never_ends_holds_up_no_writer",),
        repeated="outside",
    ),
    MachineFault(
        name="35 approval against drafting anew",
        tests=("tests/concurrency/test_reviews_at_once.py::test_a_run_beside_an_import_loses_neither",),
    ),
    MachineFault(
        name="36 index cut, changed or deleted",
        tests=("tests/faults/test_damaged_index.py::test_harm_is_noticed_and_mended",),
        count=4,
    ),
    MachineFault(
        name="37 database with a broken page, cut, empty or noise",
        tests=(f"{STORAGE}::test_a_damaged_database_is_refused_in_words_and_left_alone",),
        count=4,
    ),
    MachineFault(
        name="38 copy under load",
        tests=(f"{STORAGE}::test_a_copy_made_while_others_write_is_whole",),
    ),
    MachineFault(
        name="39 migration killed at every statement",
        tests=(f"{STORAGE}::test_a_migration_killed_at_any_statement_is_taken_up_again",),
        count=50,
        repeated="not",
    ),
    MachineFault(
        name="40 clock that jumps by hours",
        tests=(f"{STORAGE}::test_a_clock_that_jumps_loses_nothing_and_pays_nothing_twice",),
        repeated="outside",
    ),
    MachineFault(
        name="43 SIGTERM, SIGINT",
        tests=(f"{STOPPING}::test_a_run_that_is_asked_to_end_stops_cleanly_and_goes_on_later",),
        count=3,
        repeated="outside",
    ),
)
