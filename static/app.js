// What no element does by itself: ask before a change that can't be undone, send a form once, and print.
"use strict";

// A question names a date of its form as {field}.
const withDates = (question, form) =>
  question.replace(/\{(\w+)\}/g, (_, field) =>
    new Date(`${form.elements[field].value}T00:00`).toLocaleDateString("en-US", { month: "short", day: "numeric", year: "numeric" }));

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  const question = event.submitter?.dataset.confirm || form.dataset.confirm;
  if (question && !window.confirm(withDates(question, form))) {
    event.preventDefault();
    return;
  }
  if (form.method === "post" && !event.defaultPrevented) {
    form.setAttribute("aria-busy", "true");
  }
});

// A page that comes back by the Back button may send its forms again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});
