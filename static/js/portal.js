// What pages need beyond HTML: focus on errors, questions before dangerous acts, copying, time left, one submit only.
(() => {
  "use strict";

  const serverNow = Date.parse(document.body.dataset.serverNow || "");
  const clockOffset = Number.isNaN(serverNow) ? 0 : serverNow - Date.now();

  function focusErrors(root) {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  }

  // A link to a group of choices goes to its first choice.
  function followErrorLink(event) {
    const link = event.target.closest("[data-error-summary] a");
    if (!link) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const focusable = target.matches("fieldset") ? target.querySelector("input, select, textarea") : target;
    target.scrollIntoView({ block: "start" });
    (focusable || target).focus({ preventScroll: true });
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  function closeMenuByKey(event) {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  function button(label, kind, onClick) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = `btn ${kind}`;
    element.textContent = label;
    element.addEventListener("click", onClick);
    return element;
  }

  // <button data-confirm="…" data-confirm-title="…" data-confirm-yes="…">: asks, then submits with that very button.
  function ask(submitter) {
    const dialog = document.createElement("dialog");
    const title = document.createElement("h2");
    const text = document.createElement("p");
    const actions = document.createElement("div");
    dialog.className = "ask";
    dialog.setAttribute("aria-labelledby", "ask-title");
    dialog.setAttribute("aria-describedby", "ask-text");
    title.id = "ask-title";
    title.textContent = submitter.dataset.confirmTitle || "请确认";
    text.id = "ask-text";
    text.textContent = submitter.dataset.confirm;
    actions.className = "ask__actions";
    const yes = submitter.dataset.confirmYes || submitter.textContent.trim() || "确定";
    actions.append(
      button(yes, "btn-danger", () => {
        submitter.dataset.confirmed = "1";
        dialog.close();
        submitter.form.requestSubmit(submitter);
      }),
      button("取消", "btn-secondary", () => dialog.close()),
    );
    dialog.append(title, text, actions);
    dialog.addEventListener("close", () => {
      dialog.remove();
      submitter.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    actions.lastElementChild.focus();
  }

  function beforeSubmit(event) {
    const form = event.target;
    const submitter = event.submitter;
    if (submitter && submitter.dataset.confirm && !submitter.dataset.confirmed) {
      event.preventDefault();
      ask(submitter);
      return;
    }
    if (submitter) delete submitter.dataset.confirmed;
    if (form.method.toLowerCase() !== "post" || "again" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    form.dataset.sent = "1";
    if (submitter) submitter.setAttribute("aria-disabled", "true");
  }

  function allowSubmitAgain() {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const element of document.querySelectorAll("button[aria-disabled]")) element.removeAttribute("aria-disabled");
  }

  // <button data-copy="#id-of-the-text">; says so when it is done.
  async function copy(event) {
    const source = event.target.closest("[data-copy]");
    if (!source) return;
    const from = document.querySelector(source.dataset.copy);
    if (!from) return;
    const before = source.textContent;
    try {
      await navigator.clipboard.writeText((from.value ?? from.innerText).trim());
      source.textContent = "已复制";
    } catch {
      window.getSelection().selectAllChildren(from);
      source.textContent = "已选中，请按 Ctrl+C 复制";
    }
    source.setAttribute("aria-live", "polite");
    setTimeout(() => { source.textContent = before; }, 3000);
  }

  // <button data-check-all="name" hidden>: ticks all of that name, or none when all are ticked.
  function checkAll(event) {
    const source = event.target.closest("[data-check-all]");
    if (!source) return;
    const boxes = [...document.getElementsByName(source.dataset.checkAll)];
    const on = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = on;
    source.textContent = on ? "取消全选" : "全选";
  }

  // <span data-deadline="2024-11-22T23:59:59+08:00">: what is left by the server's clock.
  function left(milliseconds) {
    const minutes = Math.floor(milliseconds / 60000);
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    if (days) return `还剩 ${days} 天 ${hours} 小时`;
    if (hours) return `还剩 ${hours} 小时 ${minutes % 60} 分`;
    return minutes ? `还剩 ${minutes} 分钟` : "还剩不到 1 分钟";
  }

  function showTimeLeft() {
    const now = Date.now() + clockOffset;
    for (const element of document.querySelectorAll("[data-deadline]")) {
      const rest = Date.parse(element.dataset.deadline) - now;
      const text = rest > 0 ? left(rest) : "已截止";
      if (element.textContent !== text) element.textContent = text;
      element.classList.toggle("deadline--near", rest < 24 * 3600 * 1000);
    }
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    followErrorLink(event);
    copy(event);
    checkAll(event);
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("keydown", closeMenuByKey);
  document.addEventListener("submit", beforeSubmit);
  window.addEventListener("pageshow", allowSubmitAgain);
  document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));
  document.addEventListener("htmx:afterRequest", allowSubmitAgain);
  for (const element of document.querySelectorAll("[data-check-all]")) element.hidden = false;
  focusErrors(document);
  showTimeLeft();
  setInterval(showTimeLeft, 15000);
})();
