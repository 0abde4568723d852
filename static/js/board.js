// The candidates' board: a card is dragged to a column and the form that leads there is sent; the buttons do the same.
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const help = document.getElementById("drag-help");
  let held = null;
  const deed = (card, stage) => card.querySelector(`[data-target="${CSS.escape(stage)}"]`);
  for (const card of board.querySelectorAll(".person")) {
    if (!card.querySelector("[data-target]")) continue;
    card.draggable = true;
    if (help) help.hidden = false;
    card.addEventListener("dragstart", (e) => {
      held = card;
      e.dataTransfer.effectAllowed = "move";
      e.dataTransfer.setData("text/plain", card.id);
      for (const lane of document.querySelectorAll(".lane")) lane.classList.toggle("open-for", Boolean(deed(card, lane.dataset.stage)));
    });
    card.addEventListener("dragend", () => {
      held = null;
      for (const lane of document.querySelectorAll(".lane")) lane.classList.remove("open-for", "over");
    });
  }
  for (const lane of document.querySelectorAll(".lane")) {
    lane.addEventListener("dragover", (e) => {
      if (!held || !deed(held, lane.dataset.stage)) return;
      e.preventDefault();
      lane.classList.add("over");
    });
    lane.addEventListener("dragleave", () => lane.classList.remove("over"));
    lane.addEventListener("drop", (e) => {
      e.preventDefault();
      const found = held && deed(held, lane.dataset.stage);
      if (!found) return;
      if (found.tagName === "FORM") found.requestSubmit();
      else { found.open = true; found.querySelector("select").focus(); } // a reason is asked first
    });
  }
})();
