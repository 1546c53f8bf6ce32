import pytest

from bidproof.language.periods import asks_for_latest, named_periods


@pytest.mark.parametrize(
    "text",
    [
        "Q2 2023",
        "2Q23",
        "2Q 2023",
        "Q22023",
        "Q223",
        "Q2'23",
        "Q2 FY23",
        "2023Q2",
        "2023_Q2_ACME",
        "second quarter of 2023",
        "zweites Quartal 2023",
        "2. Quartal 2023",
        "deuxième trimestre 2023",
        "T2 2023",
        "2T23",
        "segundo trimestre de 2023",
        "secondo trimestre 2023",
        "tweede kwartaal 2023",
        "K2 2023",
        "drugi kwartał 2023",
    ],
)
def test_a_quarter_is_the_same_however_it_is_written(text: str) -> None:
    assert named_periods(text) == ("q2", "2023")


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("FY2022 and FY 21", ("2022", "2021")),
        ("20230930-report", ("2023",)),
        ("report_2022-final", ("2022",)),
        ("first half of 2022", ("h1", "2022")),
        ("1H22", ("h1", "2022")),
        ("2. Halbjahr 2021", ("h2", "2021")),
        ("what changed between v1.2 and 1.10.3", ("1.2", "1.10.3")),
    ],
)
def test_years_halves_and_versions_are_named(text: str, periods: tuple[str, ...]) -> None:
    assert named_periods(text) == periods


@pytest.mark.parametrize(
    "text",
    ["T2 instances", "90 days", "Q10", "Q100", "m5.2xlarge", "3.5% of 41,402.5", "every quarter", "1,234"],
)
def test_other_figures_name_no_period(text: str) -> None:
    assert named_periods(text) == ()


@pytest.mark.parametrize("text", ["the latest report", "Der neueste Bericht", "le rapport le plus récent"])
def test_asking_for_the_newest_is_noticed_in_every_language(text: str) -> None:
    assert asks_for_latest(text)
    assert not asks_for_latest("How recent are backups?")
