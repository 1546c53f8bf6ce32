def test_a_cell_over_several_rows_is_in_each_of_them_and_a_wide_one_keeps_its_columns(read):
    page = (
        "<table><tr><th>Region</th><th>Plan</th><th>Days</th></tr>"
        "<tr><td rowspan=2>EU</td><td>Pro</td><td>90</td></tr><tr><td>Basic</td><td>14</td></tr>"
        "<tr><td colspan=2>All others</td><td rowspan='2'>7</td></tr><tr><td>US</td><td>Pro</td></tr></table>"
    )

    assert read("page.html", page).text == (
        "Region | Plan | Days\nEU | Pro | 90\nEU | Basic | 14\nAll others | | 7\nUS | Pro | 7"
    )
