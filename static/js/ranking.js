// The order of a city's list: ↑ ↓ and 移到 without leaving the page, and rows that can be dragged. Without this file the
// same buttons send the form.
(() => {
  "use strict";

  const form = document.querySelector("form[data-order]");
  const body = document.querySelector("[data-order-rows]");
  if (!form || !body) return;
  const said = document.querySelector("[data-order-said]");
  const version = form.querySelector("[name=version]");
  const rows = () => [...body.querySelectorAll("tr[data-ref]")];
  let sending = false;

  function number() {
    const all = rows();
    all.forEach((row, place) => {
      row.querySelector("[data-place]").textContent = place + 1;
      const name = row.querySelector("[data-name]").textContent;
      const [up, down] = row.querySelectorAll("button[value^=up], button[value^=down]");
      up.disabled = place === 0;
      down.disabled = place === all.length - 1;
      up.setAttribute("aria-label", `上移：${name}，第${place + 1}位`);
      down.setAttribute("aria-label", `下移：${name}，第${place + 1}位`);
    });
  }

  // Puts a row at a place (from 0), keeps it, and says so; whatever goes wrong, the server's page is shown instead.
  async function put(row, place, before) {
    if (sending) return;
    sending = true;
    const others = rows().filter((other) => other !== row);
    body.insertBefore(row, others[place] || null);
    number();
    const answer = await fetch(form.dataset.order, {
      method: "PUT",
      keepalive: true, // whoever goes on to another page at once has moved it all the same
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      body: JSON.stringify({ version: Number(version.value), order: rows().map((one) => one.dataset.ref) }),
    }).catch(() => null);
    sending = false;
    if (answer && answer.ok) {
      version.value = (await answer.json()).version;
      said.textContent = `${row.querySelector("[data-name]").textContent}已移到第${rows().indexOf(row) + 1}位，已保存。`;
      return;
    }
    refused(answer ? await answer.json().catch(() => null) : null);
    body.insertBefore(row, rows().filter((other) => other !== row)[before] || null);
    number();
  }

  function refused(why) {
    const notice = document.createElement("div");
    notice.className = "notice notice--warning";
    notice.setAttribute("role", "alert");
    notice.tabIndex = -1;
    const lines = why ? [...(why.reasons || []), ...(why.changes || []).map((c) => `${c.by}：${c.said.join("；")}`)] : ["未能保存，请检查网络后重试。"];
    for (const line of lines) notice.appendChild(document.createElement("p")).textContent = line;
    const link = notice.appendChild(document.createElement("p")).appendChild(document.createElement("a"));
    link.href = location.pathname;
    link.textContent = "显示最新顺序";
    document.querySelector("[data-order-notice]")?.remove();
    notice.dataset.orderNotice = "";
    form.after(notice);
    notice.focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[form=order][name=move]");
    if (!button) return;
    const row = button.closest("tr");
    const place = rows().indexOf(row);
    const act = button.value.split(":")[0];
    const to = act === "to" ? Number(row.querySelector(".rank__to").value) - 1 : place + (act === "up" ? -1 : 1);
    if (!Number.isInteger(to) || to < 0 || to >= rows().length) return; // the server says what is wrong
    event.preventDefault();
    row.querySelector(".rank__to").value = "";
    put(row, to, place);
    const focus = button.disabled ? row.querySelector("button:not(:disabled)") : button;
    focus.focus();
    row.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".rank__to")) return;
    event.preventDefault(); // Enter would press the form's first button, which is another row's
    event.target.closest("tr").querySelector("button[value^=to]").click();
  });

  let dragged = null;
  let from = 0;
  for (const row of rows()) row.draggable = true;
  body.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("tr");
    from = rows().indexOf(dragged);
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  body.addEventListener("dragover", (event) => {
    const over = event.target.closest("tr");
    if (!dragged || !over) return;
    event.preventDefault();
    for (const row of rows()) row.classList.toggle("is-over", row === over && row !== dragged);
  });
  body.addEventListener("drop", (event) => {
    const over = event.target.closest("tr");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    put(dragged, rows().filter((row) => row !== dragged).indexOf(over) + (rows().indexOf(over) > from ? 1 : 0), from);
  });
  body.addEventListener("dragend", () => {
    for (const row of rows()) row.classList.remove("is-dragged", "is-over");
    dragged = null;
  });
})();
