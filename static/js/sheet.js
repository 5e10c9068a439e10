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
  let sending = false;
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

  async function keep() {
    const now = said();
    const text = JSON.stringify(now);
    if (text === saved || sending || isStale) return;
    sending = true;
    say("正在保存…");
    const answer = await fetch(form.dataset.sheet, {
      method: "PUT",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      body: JSON.stringify({ edition: Number(edition.value), ...now }),
    }).catch(() => null);
    sending = false;
    if (answer && answer.ok) {
      const body = await answer.json();
      edition.value = body.edition;
      saved = text;
      failures = 0;
      const when = new Date(body.saved_at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
      say(body.lacking.length ? `${when} 已保存，签署前还差${body.lacking.length}项` : `${when} 已保存，可以签署`);
      if (JSON.stringify(said()) !== saved) later(WAIT);
      return;
    }
    const body = answer ? await answer.json().catch(() => null) : null;
    const reasons = body && body.reasons ? body.reasons.join("") : "";
    if (answer && answer.status === 409) {
      isStale = true; // what was typed stays here; whoever saves by the button decides which holds
      say(`未保存：${reasons}`, "bad");
    } else if (answer && answer.status < 500) {
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
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    saved = JSON.stringify(said());
  });
  window.addEventListener("beforeunload", (event) => {
    if (JSON.stringify(said()) !== saved) event.preventDefault();
  });
  show();
})();
