// <input data-sum="name"> and <output data-sum-of="name" data-sum-wanted="100">: the running sum of what is typed.
(() => {
  "use strict";

  function isTakenOut(input) {
    const row = input.closest("fieldset");
    const box = row && row.querySelector("input[name$='-DELETE']");
    return Boolean(box && box.checked);
  }

  function show(output) {
    const inputs = document.querySelectorAll(`[data-sum="${output.dataset.sumOf}"]`);
    const kept = [...inputs].filter((input) => !isTakenOut(input));
    const sum = kept.reduce((total, input) => total + (Number.parseFloat(input.value) || 0), 0);
    output.textContent = String(Math.round(sum * 100) / 100);
    output.classList.toggle("deadline--near", output.textContent !== output.dataset.sumWanted);
  }

  function showAll() {
    for (const output of document.querySelectorAll("[data-sum-of]")) show(output);
  }

  document.addEventListener("input", showAll);
  showAll();
})();
