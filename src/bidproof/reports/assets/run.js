"use strict";
(() => {
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const controls = document.getElementById("controls");
  const find = document.getElementById("find");
  const byState = document.getElementById("by-state");
  const byCell = document.getElementById("by-cell");
  const shown = document.getElementById("shown");

  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = words.every((word) => row.dataset.words.includes(word))
        && (!byState.value || row.dataset.state === byState.value)
        && (!byCell.value || row.dataset.cells.split(" ").includes(byCell.value));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.value = `${count} of ${rows.length}`;
  };

  const sort = (head) => {
    const key = head.dataset.key;
    const isNumber = "number" in head.dataset;
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = (row) => row.dataset[key];
    const order = (one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === "" || b === "") return (a === "" ? 1 : 0) - (b === "" ? 1 : 0);
      const found = isNumber ? Number(a) - Number(b) : a.localeCompare(b, undefined, { numeric: true });
      return down ? -found : found;
    };
    body.append(...rows.slice().sort(order));
  };

  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head));
    head.append(button);
  }
  controls.addEventListener("submit", (event) => event.preventDefault());
  for (const control of [find, byState, byCell]) control.addEventListener("input", filter);
  controls.hidden = false;
  filter();
})();
