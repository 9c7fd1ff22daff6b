// The crew of a ProPay: the total of the percentages or amounts entered for those who share.
"use strict";

(() => {
  const form = document.querySelector(".crew-form");
  const sum = document.getElementById("crew-sum");
  if (!sum) return;
  const cents = (text) => Math.round(Number(text.replace(/[$,%\s]/g, "")) * 100) || 0;
  const addUp = () => {
    const rows = [...form.querySelectorAll("tr[data-eligible]")];
    const sharing = rows.filter((row) => !row.querySelector('input[type="checkbox"]').checked);
    const total = sharing.reduce((all, row) => all + cents(row.querySelector('input[type="text"]').value), 0);
    sum.textContent = (total / 100).toFixed(2);
    sum.classList.toggle("text-over", sum.dataset.whole !== "" && total !== cents(sum.dataset.whole));
  };
  form.addEventListener("input", addUp);
  addUp();
})();
