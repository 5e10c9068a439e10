// An expert's sheet: kept as it is typed, its sum shown at once. Without this file the same form is saved by its button.
(() => {
  "use strict";

  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const state = form.querySelector("[data-save-state]");
  const sum = form.querySelector("[data-total]");
  const edition = form.querySelector("[name=edition]");
  const lines = [...form.querySelectorAll("[data-criterion]")];
  const WAIT = 1200;
  const MOST_WAIT = 30000;
  let saved = JSON.stringify(said());
  let timer = 0;
  let sending = ""; // what is on its way
  let flight = null;
  let sent = 0;
  let unanswered = []; // sent, and no answer seen: if one of these is what stands, nobody else has saved
  let failures = 0;
  let isStale = false;

  const folded = (text) => text.normalize("NFKC").trim();

  function parts(line) {
    return { score: line.querySelector("input"), comment: line.querySelector("textarea") };
  }

  function said() {
    const scores = {};
    for (const line of lines) {
      const { score, comment } = parts(line);
      scores[line.dataset.criterion] = { score: score.value.trim(), comment: comment.value.trim() };
    }
    return { scores, opinion: form.elements.opinion.value };
  }

  // -- what stands there --------------------------------------------------------------------------------------------
  function problem(line) {
    const { score, comment } = parts(line);
    const text = folded(score.value);
    const most = Number(line.dataset.weight);
    if (!text) return "";
    if (!/^(\d{1,3}(\.\d*)?|\.\d+)$/.test(text)) return "得分应为数字。";
    if (!/^\d*(\.\d?0*)?$/.test(text)) return "得分最多保留一位小数。";
    const value = Number(text);
    if (value > most) return `得分应在0至${most}之间。`;
    const isExtreme = value <= Number(line.dataset.low) || value >= Number(line.dataset.high);
    return isExtreme && !comment.value.trim() ? "该得分须写明理由。" : "";
  }

  function show() {
    let tenths = 0;
    for (const line of lines) {
      const { score } = parts(line);
      const wrong = problem(line);
      const place = line.querySelector("[data-problem]");
      if (place.textContent !== wrong) place.textContent = wrong;
      score.setAttribute("aria-invalid", wrong && !wrong.includes("理由") ? "true" : "false");
      const value = Number(folded(score.value));
      if (folded(score.value) && Number.isFinite(value)) tenths += Math.round(value * 10);
    }
    sum.textContent = (tenths / 10).toFixed(1);
  }

  // -- keeping it ---------------------------------------------------------------------------------------------------
  function say(text, kind) {
    state.textContent = text;
    state.dataset.kind = kind || "";
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  }

  function put(now) {
    const body = { edition: Number(edition.value), unanswered: unanswered.slice(-2), ...now };
    unanswered.push(now);
    return fetch(form.dataset.sheet, {
      method: "PUT",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      body: JSON.stringify(body),
    }).catch(() => null);
  }

  function keep() {
    if (!sending) flight = send();
  }

  async function send() {
    const now = said();
    const text = JSON.stringify(now);
    if (text === saved || text === sending || isStale) return;
    const mine = ++sent;
    sending = text;
    say("正在保存…");
    const answer = await put(now);
    // Read before the next may go out: it has to name the edition that this answer brings.
    const body = answer ? await answer.json().catch(() => null) : null;
    if (mine !== sent) return; // something newer went out when the page was left: its answer is the one that counts
    sending = "";
    if (answer && answer.ok && body) {
      edition.value = body.edition;
      saved = text;
      unanswered = [];
      failures = 0;
      lay(null);
      const when = new Date(body.saved_at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
      say(body.lacking.length ? `${when} 已保存，签署前还差${body.lacking.length}项` : `${when} 已保存，可以签署`);
      if (JSON.stringify(said()) !== saved) later(WAIT);
      return;
    }
    const reasons = body && body.reasons ? body.reasons.join("") : "";
    if (answer && answer.status === 409) {
      isStale = true; // what was typed stays here; whoever saves by the button decides which holds
      say(`未保存：${reasons}`, "bad");
    } else if (answer && answer.status < 500) {
      unanswered.pop();
      say(`未保存：${reasons || "登录已失效，请在新窗口登录后再试。"}`, "bad");
    } else {
      failures += 1;
      say("网络不通，稍后自动重试；内容仍在本页。", "bad");
      later(Math.min(WAIT * 2 ** failures, MOST_WAIT));
    }
  }

  form.addEventListener("input", () => {
    show();
    later(WAIT);
  });
  form.addEventListener("change", () => later(0));
  // Enter in a score goes on to the next one instead of sending the form.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const fields = lines.map((line) => parts(line).score);
    const next = fields[fields.indexOf(event.target) + 1] || form.elements.opinion;
    next.focus();
    if (next.select) next.select();
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (sending) {
      event.preventDefault(); // the button's edition is the one that the answer brings
      await flight;
      form.requestSubmit(event.submitter);
      return;
    }
    saved = JSON.stringify(said());
  });
  window.addEventListener("beforeunload", (event) => {
    if (JSON.stringify(said()) !== saved) event.preventDefault();
  });
  // Whoever leaves at once loses nothing: the newest goes out though another is still on its way.
  window.addEventListener("pagehide", () => {
    const now = said();
    if (JSON.stringify(now) === saved || isStale) return;
    lay({ edition: edition.value, texts: [...unanswered.slice(-2), now] });
    send();
  });

  // -- what went out as the page was left, for the page that was drawn before it came in ------------------------------
  function lay(what) {
    try {
      if (what) sessionStorage.setItem(form.dataset.sheet, JSON.stringify(what));
      else sessionStorage.removeItem(form.dataset.sheet);
    } catch {
      // no room or not allowed: the sheet is kept by the service all the same
    }
  }

  function taken() {
    try {
      return JSON.parse(sessionStorage.getItem(form.dataset.sheet));
    } catch {
      return null;
    }
  }

  function takeUp() {
    const left = taken();
    lay(null);
    if (!left) return;
    const newest = left.texts[left.texts.length - 1];
    const here = JSON.stringify(said());
    const isOwn = left.edition === edition.value || left.texts.some((one) => JSON.stringify(one) === here);
    if (!isOwn || here === JSON.stringify(newest)) return;
    for (const line of lines) {
      const { score, comment } = parts(line);
      ({ score: score.value, comment: comment.value } = newest.scores[line.dataset.criterion]);
    }
    form.elements.opinion.value = newest.opinion;
    unanswered = left.texts.slice(-2);
    later(0);
  }

  takeUp();
  show();
})();
