// A section that saves itself: only what changed is sent, with the version it was changed from. Nothing typed is lost.
(() => {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const state = form.querySelector("[data-save-state]");
  const clash = form.querySelector("[data-clash]");
  let token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const versionField = form.querySelector("[name=version]");
  const WAIT = 1500;
  const MOST_WAIT = 30000;
  let saved = answers();
  let timer = 0;
  let sending = false;
  let owed = false;
  let failures = 0;
  let refused = ""; // what the portal won't take: not sent again until something else is typed
  let kept = ""; // what came too late and is kept aside

  // -- what the form says -----------------------------------------------------------------------------------------
  function cell(name) {
    const match = /^([^[\]]+\[[0-9a-z]+\])\.(\w+)$/.exec(name);
    return match ? { key: match[1], column: match[2] } : null;
  }

  function answers() {
    const found = {};
    for (const field of form.elements) {
      if (!field.name || field.type === "file" || field.type === "submit" || field.type === "hidden") continue;
      if (field.closest("[data-spare], [data-clash]")) continue;
      const value = field.type === "radio" ? (field.checked ? field.value : null) : field.value.trim();
      const at = cell(field.name);
      if ("list" in field.dataset) {
        found[field.name] = found[field.name] || [];
        if (field.checked) found[field.name].push(field.value);
      } else if (at) {
        found[at.key] = found[at.key] || {};
        if (value !== null) found[at.key][at.column] = value;
        else if (!(at.column in found[at.key])) found[at.key][at.column] = "";
      } else if (value !== null) {
        found[field.name] = value;
      } else if (!(field.name in found)) {
        found[field.name] = "";
      }
    }
    for (const value of Object.values(found)) if (Array.isArray(value)) value.sort();
    return found;
  }

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  function isBlank(value) {
    if (value === undefined || value === null || value === "") return true;
    if (Array.isArray(value)) return value.length === 0;
    return typeof value === "object" && Object.values(value).every((text) => text === "");
  }

  function changes(now) {
    const changed = {};
    for (const key of Object.keys(now)) {
      if (!same(now[key], saved[key]) && !(isBlank(now[key]) && isBlank(saved[key]))) changed[key] = now[key];
    }
    for (const key of Object.keys(saved)) if (!(key in now)) changed[key] = null;
    return changed;
  }

  // -- saving -----------------------------------------------------------------------------------------------------
  function say(text, kind) {
    state.textContent = text;
    state.dataset.kind = kind || "";
  }

  function clockTime(iso) {
    const when = iso ? new Date(iso) : new Date();
    return when.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  // Files are kept apart from the answers; saving, if only nothing, tells how far the section is now.
  function recount() {
    owed = true;
    later(0);
  }

  async function save() {
    if (sending || !clash.hidden) return;
    const now = answers();
    const changed = changes(now);
    if (!owed && (!Object.keys(changed).length || JSON.stringify(changed) === refused)) return;
    owed = false;
    sending = true;
    say("正在保存…", "busy");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ version: Number(versionField.value), answers: changed }),
      });
      await take(answer, changed);
    } catch {
      failed("保存失败，正在重试");
    } finally {
      sending = false;
    }
    const left = changes(answers());
    const more = Object.keys(left).length && JSON.stringify(left) !== refused;
    if (clash.hidden && !failures && (owed || more)) later(WAIT);
  }

  function failed(text) {
    failures += 1;
    say(text, "bad");
    later(Math.min(WAIT * 2 ** failures, MOST_WAIT));
  }

  async function take(answer, changed) {
    if (answer.ok) {
      failures = 0;
      stored(await answer.json(), changed);
    } else if (answer.status === 409) {
      const body = await answer.json();
      failures = 0;
      if (body.conflicts) showClash(body);
      else refuse(body, changed);
    } else if (answer.status === 401) {
      signInAgain();
    } else if (answer.status === 403 && await renewToken()) {
      later(0);
    } else if (answer.status >= 500 || answer.status === 429) {
      failed("保存失败，正在重试");
    } else {
      failures = 0;
      refuse(await answer.json().catch(() => ({ reasons: ["请刷新页面后重试。"] })), changed);
    }
  }

  function refuse(body, changed) {
    refused = JSON.stringify(changed);
    say(`未能保存：${body.reasons.join("")}`, "bad");
    if (!body.late) return;
    kept = refused;
    const link = document.createElement("a");
    link.href = body.late;
    link.textContent = "下载所填内容";
    state.append("所填内容未计入申报，已作为逾期内容保留，可", link, "。");
  }

  function stored(body, changed) {
    for (const [key, value] of Object.entries(changed)) {
      if (value === null) delete saved[key];
      else saved[key] = value;
    }
    versionField.value = body.version;
    say(`已保存 ${clockTime(body.saved_at)}`, "ok");
    form.querySelector("[data-answered]").textContent = body.answered;
    form.querySelector("[data-asked]").textContent = body.asked;
    showProblems(body.problems);
    for (const place of form.querySelectorAll("[data-note-of]")) {
      const note = body.notes[place.dataset.noteOf] || "";
      if (place.textContent !== note) place.textContent = note;
      place.hidden = !note;
    }
    takeOthers(body.others);
  }

  function showProblems(problems) {
    const sentences = new Map(problems.map((problem) => [problem.key, problem.sentence]));
    for (const place of form.querySelectorAll("[data-problem-of]")) {
      place.textContent = sentences.get(place.dataset.problemOf) || "";
      place.hidden = !place.textContent;
    }
  }

  // Signing in again gives the browser a new token; this page still holds the old one.
  async function renewToken() {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("form[data-autosave] [name=csrfmiddlewaretoken]");
    if (!fresh || fresh.value === token) return false;
    token = fresh.value;
    form.querySelector("[name=csrfmiddlewaretoken]").value = token;
    return true;
  }

  function signInAgain() {
    say("登录已过期，内容尚未保存。", "bad");
    const link = document.createElement("a");
    link.href = "/accounts/login/";
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "在新窗口重新登录";
    state.append(link, "后将自动保存。");
    failures += 1;
    later(10000);
  }

  // -- what others wrote ------------------------------------------------------------------------------------------
  function fieldsOf(name) {
    return [...form.elements].filter(
      (field) => field.name === name && field.type !== "file" && !field.closest("[data-spare]"),
    );
  }

  function put(key, value) {
    if (value && typeof value === "object" && !Array.isArray(value)) {
      for (const [column, text] of Object.entries(value)) put(`${key}.${column}`, text);
      return;
    }
    for (const field of fieldsOf(key)) {
      if ("list" in field.dataset) field.checked = Array.isArray(value) && value.includes(field.value);
      else if (field.type === "radio") field.checked = field.value === value;
      else field.value = value || "";
      if (!field.matches("textarea")) continue;
      count(field);
      field.dispatchEvent(new CustomEvent("portal:put", { bubbles: true }));
    }
  }

  function takeOthers(others) {
    let unseen = false;
    const now = answers();
    for (const [key, value] of Object.entries(others)) {
      const isRow = key.includes("[");
      if (isRow && (value === null) !== !(key in now)) unseen = true;
      if (same(now[key], saved[key])) put(key, value);
      if (!isRow || key in now) saved[key] = answers()[key];
    }
    if (unseen) {
      const link = document.createElement("a");
      link.href = window.location.pathname;
      link.textContent = "刷新页面查看";
      state.append("　同事增删了条目，", link);
    }
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function side(title, text, label, choose) {
    const box = element("div", "clash__side");
    const button = element("button", "btn btn-sm btn-secondary", label);
    button.type = "button";
    button.addEventListener("click", choose);
    box.append(element("h3", "clash__who", title), element("p", "clash__text", text), button);
    return box;
  }

  function showClash(body) {
    const list = clash.querySelector("[data-clash-list]");
    clash.querySelector("[data-clash-reason]").textContent = body.reasons.join("");
    list.replaceChildren();
    let open = body.conflicts.length;
    const settle = (item) => {
      item.remove();
      open -= 1;
      if (open) return;
      clash.hidden = true;
      versionField.value = body.version;
      later(0);
    };
    for (const conflict of body.conflicts) {
      const item = element("div", "clash__item");
      const sides = element("div", "clash__sides");
      sides.append(
        side("我的", conflict.mine, "保留我的", () => settle(item)),
        side("对方的", conflict.theirs, "采用对方的", () => {
          put(conflict.key, conflict.theirs_value);
          saved[conflict.key] = answers()[conflict.key];
          settle(item);
        }),
      );
      item.append(element("p", "clash__label", conflict.label), sides);
      list.append(item);
    }
    say("尚未保存：请先选择保留哪一个版本", "bad");
    clash.hidden = false;
    clash.focus();
  }

  // -- rows of a table --------------------------------------------------------------------------------------------
  function newRow() {
    return Date.now().toString(36) + Math.random().toString(36).slice(2, 5).padEnd(3, "0");
  }

  function renumber(table) {
    const rows = table.querySelectorAll("[data-row]:not([data-spare])");
    rows.forEach((row, place) => { row.querySelector("[data-row-number]").textContent = place + 1; });
    table.querySelector("[data-none]").hidden = rows.length > 0;
  }

  function addRow(table) {
    const spare = table.querySelector("[data-spare]");
    const row = spare.cloneNode(true);
    const old = spare.dataset.row;
    const key = old.replace(/\[[0-9a-z]+\]/, `[${newRow()}]`);
    const [oldId, newId] = [old, key].map((name) => name.replace(/[^0-9A-Za-z]+/g, "-").replace(/-$/, ""));
    row.removeAttribute("data-spare");
    row.hidden = false;
    row.dataset.row = key;
    for (const part of row.querySelectorAll("*")) {
      for (const { name, value } of [...part.attributes]) {
        part.setAttribute(name, value.replaceAll(old, key).replaceAll(oldId, newId));
      }
    }
    const legend = row.querySelector("legend");
    legend.textContent = `${legend.textContent.replace("新增", "")} `;
    const number = element("span");
    number.dataset.rowNumber = "";
    legend.append(number);
    row.querySelector(".rows__actions").hidden = false;
    spare.before(row);
    renumber(table);
    row.querySelector("select, input, textarea").focus();
  }

  for (const table of form.querySelectorAll("[data-rows]")) {
    const spare = table.querySelector("[data-spare]");
    spare.hidden = true;
    const add = table.querySelector("[data-add-row]");
    add.hidden = false;
    add.addEventListener("click", () => addRow(table));
    table.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove-row]");
      if (!button) return;
      event.preventDefault();
      button.closest("[data-row]").remove();
      renumber(table);
      add.focus();
      later(0);
    });
    renumber(table);
  }

  // -- evidence ---------------------------------------------------------------------------------------------------
  function fileSize(bytes) {
    return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  }

  function listFile(place, file) {
    const item = element("li");
    const link = element("a", "", file.name);
    link.href = form.dataset.download.replace(/0\/$/, `${file.id}/`);
    const remove = element("button", "btn btn-sm btn-link", "移除");
    remove.type = "button";
    remove.dataset.removeFile = file.id;
    remove.append(element("span", "visually-hidden", file.name));
    item.dataset.file = file.id;
    item.append(link, " ", element("span", "file-list__size", fileSize(file.size)), " ", remove);
    place.querySelector("[data-file-list]").append(item);
    place.dispatchEvent(new CustomEvent("portal:uploaded", { bubbles: true, detail: { file, item } }));
  }

  // Each file has a line of its own, so that one doesn't hide what became of another.
  function upload(place, file, status = element("p", "upload-status__line")) {
    place.querySelector("[data-upload-status]").append(status);
    status.dataset.kind = "";
    const most = Number(place.dataset.mostMb) || 0;
    if (most && file.size > most * 1024 * 1024) {
      status.textContent = `${file.name}（${fileSize(file.size)}）超过${most} MB，未上传。`;
      status.dataset.kind = "bad";
      return;
    }
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("field", place.dataset.files);
    body.append("file", file);
    const cancel = element("button", "btn btn-sm btn-link", "取消上传");
    cancel.type = "button";
    cancel.addEventListener("click", () => request.abort());
    const fail = (text) => {
      const again = element("button", "btn btn-sm btn-link", "重试");
      again.type = "button";
      again.addEventListener("click", () => upload(place, file, status));
      status.dataset.kind = "bad";
      status.replaceChildren(text, again);
    };
    request.upload.addEventListener("progress", (event) => {
      const done = event.lengthComputable ? `${Math.floor((event.loaded / event.total) * 100)}%` : "";
      status.replaceChildren(`正在上传 ${file.name} ${done}`, cancel);
    });
    request.addEventListener("load", () => {
      let answer = { reasons: ["上传失败，请重试。"] };
      try { answer = JSON.parse(request.responseText); } catch { /* the sentence above */ }
      if (request.status === 201) {
        status.textContent = `已上传 ${answer.name}`;
        listFile(place, answer);
        recount();
      } else if (request.status === 409) {
        status.textContent = answer.reasons.join("");
        status.dataset.kind = "bad";
      } else {
        fail((answer.reasons || ["上传失败，请重试。"]).join(""));
      }
    });
    request.addEventListener("error", () => fail(`${file.name}上传失败，请检查网络。`));
    request.addEventListener("abort", () => { status.textContent = `已取消上传 ${file.name}。`; });
    request.open("POST", form.dataset.upload);
    request.setRequestHeader("X-CSRFToken", token);
    request.send(body);
  }

  async function removeFile(button) {
    const place = button.closest("[data-files]");
    const status = place.querySelector("[data-upload-status]");
    const id = button.dataset.removeFile;
    const address = `${form.dataset.upload}${id}/`;
    const answer = await fetch(address, { method: "DELETE", headers: { "X-CSRFToken": token } }).catch(() => null);
    if (answer && answer.ok) {
      button.closest("li").remove();
      status.textContent = "已移除。";
      recount();
      place.dispatchEvent(new CustomEvent("portal:removed", { bubbles: true, detail: { id } }));
      place.querySelector("input[type=file]:not([hidden]), textarea").focus();
    } else {
      status.textContent = "未能移除，请重试。";
    }
  }

  // -- counting 字 --------------------------------------------------------------------------------------------------
  const UNSEEN = /[\u200b-\u200f\u2060\ufeff]/g; // the server drops it

  function count(field) {
    const place = form.querySelector(`[data-count-of="${field.id}"]`);
    if (!place) return;
    const limit = Number(field.dataset.limit);
    const isRich = field.closest("[data-rich]") && window.portalRich;
    const used = isRich ? window.portalRich.length(field.value) : [...field.value.replace(UNSEEN, "").trim()].length;
    place.textContent = used > limit ? `${used}/${limit} 字，超出 ${used - limit} 字` : `${used}/${limit} 字`;
    place.classList.toggle("counter--over", used > limit);
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-limit]")) count(event.target);
    if (event.target.type !== "file") later(WAIT);
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") {
      for (const file of event.target.files) upload(event.target.closest("[data-files]"), file);
      event.target.value = "";
    } else {
      later(300);
    }
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-file]");
    if (button) removeFile(button);
  });
  window.addEventListener("beforeunload", (event) => {
    const left = changes(answers());
    if (!form.dataset.sent && Object.keys(left).length && JSON.stringify(left) !== kept) event.preventDefault();
  });
  form.addEventListener("submit", () => { form.dataset.sent = "1"; });
  for (const field of form.querySelectorAll("textarea[data-limit]")) count(field);
})();
