// The order editor: a draft is saved while it is written, shares are added up, an amendment is not left by accident.
(() => {
  const form = document.getElementById("order-form");
  if (!form) return;
  const WAIT_MS = 3000, CONFLICT = 409;
  const note = document.getElementById("saved");
  let dirty = false, sent = false, stopped = false, wait, saving = null;

  const filled = () => {
    const data = new FormData(form);
    data.set("do", "autosave");
    return data;
  };
  const save = async () => {
    dirty = false;
    const answer = await fetch(form.action, { method: "POST", body: filled(), headers: { Accept: "application/json" } });
    if (!(answer.headers.get("Content-Type") || "").includes("json")) return;
    const said = await answer.json();
    if (answer.ok) form.elements.version.value = said.version;
    stopped = answer.status === CONFLICT; // another window wrote: only its reader decides what stays
    note.textContent = said.text || said.detail;
  };
  const start = () => {
    if (!dirty || stopped || saving) return;
    saving = save().catch(() => { dirty = true; }).finally(() => { saving = null; });
  };

  form.addEventListener("input", () => {
    dirty = true;
    if (!("autosave" in form.dataset)) return;
    clearTimeout(wait);
    wait = setTimeout(start, WAIT_MS);
  });
  form.addEventListener("submit", async (e) => {
    clearTimeout(wait);
    sent = true;
    if (!saving) return;
    e.preventDefault(); // the version in the form is that of the save under way
    await saving;
    form.requestSubmit(e.submitter);
  });
  addEventListener("pagehide", () => {
    if ("autosave" in form.dataset && dirty && !sent && !stopped) navigator.sendBeacon(form.action, filled());
  });
  addEventListener("beforeunload", (e) => {
    if ("guarded" in form.dataset && dirty && !sent) e.preventDefault();
  });

  // Shares: their sum beside them.
  const sum = (box) => {
    const parts = [...box.querySelectorAll("input[inputmode=decimal]")].map((one) => Number(one.value.replace("%", "")) || 0);
    const total = Math.round(parts.reduce((a, b) => a + b, 0) * 100) / 100;
    box.querySelector("[data-sum]").textContent = total ? `${total} / 100%` : "";
  };
  document.querySelectorAll("[data-shares]").forEach((box) => {
    sum(box);
    box.addEventListener("input", () => sum(box));
  });
})();
