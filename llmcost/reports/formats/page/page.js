"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const each of heads) if (each.querySelector("button")) each.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const figure = (text) => (text === "" ? Infinity : Number(text));
      const numeric = head.classList.contains("number");
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const [one, other] = down ? [value(b), value(a)] : [value(a), value(b)];
        if (!numeric) return one.localeCompare(other, "en");
        const [x, y] = [figure(one), figure(other)];
        return x === y ? 0 : x - y;
      });
      table.tBodies[0].append(...rows);
    });
  });
}
