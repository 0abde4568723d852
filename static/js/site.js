// What every page has: "/" goes to the search box, the theme switch, filters that answer at once, copied links.
(() => {
  const root = document.documentElement;
  const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && !typing(e)) {
      e.preventDefault();
      document.getElementById("find").focus();
    }
  });

  const theme = document.getElementById("theme");
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
    });
  }

  document.addEventListener("click", async (e) => {
    const copy = e.target.closest("[data-copy]");
    if (!copy) return;
    await navigator.clipboard.writeText(location.href);
    const word = copy.querySelector("[data-copied]");
    const before = word.textContent;
    word.textContent = word.dataset.copied;
    setTimeout(() => { word.textContent = before; }, 1600);
  });
})();

// Filters answer at once; empty fields stay out of the address.
(() => {
  document.addEventListener("change", (e) => {
    const form = e.target.closest("form[data-live]");
    if (form && !e.target.matches("[data-facet-find]")) form.requestSubmit();
  });

  // Typing inside a long facet: rows without the words step aside; Enter ticks the first that is left.
  const rowsOf = (box) => [...box.closest(".facet").querySelectorAll("label")];
  document.addEventListener("input", (e) => {
    if (!e.target.matches("[data-facet-find]")) return;
    const words = e.target.value.trim().toLowerCase();
    const facet = e.target.closest(".facet");
    if (words) facet.querySelectorAll("details.more").forEach((one) => { one.open = true; });
    const rows = rowsOf(e.target);
    rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(words); });
    facet.querySelector(".facet-none").hidden = rows.some((row) => !row.hidden);
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !e.target.matches("[data-facet-find]")) return;
    e.preventDefault();
    const first = e.target.value.trim() && rowsOf(e.target).find((row) => !row.hidden);
    if (first) first.querySelector("input").click();
  });
  document.addEventListener("htmx:configRequest", (e) => {
    const usual = new Map([...(e.detail.elt.elements ?? [])].filter((one) => one.dataset?.default).map((one) => [one.name, one.dataset.default]));
    for (const [name, value] of [...e.detail.formData.entries()])
      if (value === "" || usual.get(name) === value) e.detail.formData.delete(name);
  });

  // The sentence that a reason rests on comes into view.
  document.addEventListener("htmx:afterSettle", () => document.querySelector(".lit")?.scrollIntoView({ block: "nearest" }));

  // The filters' page and the sheet of the phone.
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-filters]")) {
      e.preventDefault();
      document.body.classList.toggle("filters-open");
    }
    const grip = e.target.closest("#grip");
    if (grip) grip.setAttribute("aria-expanded", String(grip.parentElement.classList.toggle("up")));
  });

  // A table sorts by any of its heads, without asking the server: all rows are there. The address keeps the order: `rows` is
  // the column, counted from 1, below zero where the largest comes first.
  const sortBy = (head, up) => {
    const cell = head.closest("th");
    const table = cell.closest("table");
    const value = (row) => row.cells[cell.cellIndex].textContent.trim();
    const number = (row) => Number(value(row).replace(/,/g, "").replace("–", "-1"));
    const order = head.dataset.sort === "number"
      ? (a, b) => number(a) - number(b) : (a, b) => value(a).localeCompare(value(b), "zh-CN");
    const rows = [...table.tBodies[0].rows].sort((a, b) => (up ? 1 : -1) * order(a, b));
    table.querySelectorAll("[aria-sort]").forEach((one) => one.removeAttribute("aria-sort"));
    cell.setAttribute("aria-sort", up ? "ascending" : "descending");
    table.tBodies[0].append(...rows);
  };
  document.addEventListener("click", (e) => {
    const head = e.target.closest("th button[data-sort]");
    if (!head) return;
    const cell = head.closest("th");
    const up = cell.getAttribute("aria-sort") === "descending" || (!cell.hasAttribute("aria-sort") && head.dataset.sort === "text");
    sortBy(head, up);
    const address = new URL(location.href);
    address.searchParams.set("rows", `${up ? "" : "-"}${cell.cellIndex + 1}`);
    history.replaceState(history.state, "", address.pathname + address.search);
  });
  const asked = Number(new URLSearchParams(location.search).get("rows"));
  const named = asked && document.querySelectorAll("th:has(button[data-sort])")[Math.abs(asked) - 1];
  if (named) sortBy(named.querySelector("button"), asked > 0);
})();

// The search box completes names: arrows choose, Enter opens, Escape closes.
(() => {
  const box = document.getElementById("find");
  const list = document.getElementById("suggestions");
  if (!box || !list) return;
  const WAIT_MS = 90;
  let wait, asked, at = -1;
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-controls", "suggestions");
  box.setAttribute("aria-autocomplete", "list");
  const options = () => [...list.querySelectorAll("li")];
  const show = (open) => {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    at = -1;
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (to) => {
    const all = options();
    all.forEach((one) => one.setAttribute("aria-selected", "false"));
    at = (to + all.length + 1) % (all.length + 1) ;
    if (at === all.length) { at = -1; box.removeAttribute("aria-activedescendant"); return; }
    all[at].setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", all[at].id);
  };
  const ask = async () => {
    if (asked) asked.abort();
    const text = box.value.trim();
    if (!text) { show(false); return; }
    asked = new AbortController();
    try {
      const answer = await fetch(`/suggest?q=${encodeURIComponent(text)}`, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
      show(options().length > 0 && document.activeElement === box);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  show(false);
  box.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, WAIT_MS); });
  box.addEventListener("keydown", (e) => {
    if (list.hidden) return;
    if (e.key === "ArrowDown") choose(at + 1);
    else if (e.key === "ArrowUp") choose(at < 0 ? options().length - 1 : at - 1);
    else if (e.key === "Escape") show(false);
    else if (e.key === "Enter" && at >= 0) location.href = options()[at].querySelector("a").href;
    else return;
    e.preventDefault();
  });
  box.addEventListener("blur", () => setTimeout(() => show(false), 150));
})();
