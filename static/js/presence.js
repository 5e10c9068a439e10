// Says every so often that a section is open here, and shows who else has it open.
(() => {
  "use strict";

  const form = document.querySelector("form[data-presence]");
  if (!form) return;
  const place = form.querySelector("[data-others]");
  const EVERY = 40000;

  async function say() {
    if (document.hidden) return;
    // Autosave renews the token when somebody has signed in again.
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(form.dataset.presence, { method: "PUT", headers: { "X-CSRFToken": token } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const { others } = await answer.json();
    const text = others.length ? `${others.join("、")}也在填写本节` : "";
    if (place.textContent !== text) place.textContent = text;
  }

  say();
  setInterval(say, EVERY);
  document.addEventListener("visibilitychange", say);
})();
