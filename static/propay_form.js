// The form of a ProPay: fields and lines that come and go, the parts' sum, and the numbers of a chosen plan.
"use strict";

(() => {
  const form = document.querySelector(".propay-form");
  const field = (name) => form.elements.namedItem(name);
  const show = (root) => root.querySelectorAll("[data-add-line], [data-remove-line]").forEach((one) => (one.hidden = false));

  // For whoever listens: the form below, and on the what-if page htmx.
  const changed = () => form.dispatchEvent(new Event("input"));

  // Without this script the lines are as many as the server put there, and the buttons stay hidden.
  show(form);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-line], [data-remove-line]");
    if (!button) return;
    const part = (name) => button.closest("fieldset").querySelector(`[data-${name}]`);
    if (button.matches("[data-add-line]")) {
      part("lines").append(part("new-line").content.cloneNode(true));
      show(part("lines"));
      part("lines").lastElementChild.querySelector("select, input:not([type=hidden])").focus();
    } else {
      part("add-line").focus();
      button.closest("[data-line]").remove();
    }
    changed();
  });

  // Crew left blank is the rest of the 100%.
  const addUp = () => {
    const cents = (name) => Math.round(Number(field(`${name}_percent`).value) * 100);
    const others = ["lead", "manager", "company", "other"].map(cents).reduce((sum, one) => sum + one, 0);
    const words = document.getElementById("parts-sum");
    const isRest = field("crew_percent").value.trim() === "";
    const total = others + (isRest ? Math.max(10000 - others, 0) : cents("crew"));
    // A plan has no lead or manager of its own: there the percentages stay as they are.
    const moved = [["lead", "lead", "crew"], ["manager", "paid_manager", "company"]]
      .filter(([part, person]) => field(person)?.value === "" && cents(part) > 0)
      .map(([part, _person, to]) => ` No ${part === "lead" ? "crew lead" : part}: the ${part}'s ${cents(part) / 100}% goes to the ${to}.`);
    words.textContent = isRest
      ? `The crew's part is ${Math.max(10000 - others, 0) / 100}%.`
      : `Total ${total / 100}%${total === 10000 ? "." : ". It must be 100%."}`;
    words.textContent += moved.join("");
    words.classList.toggle("is-wrong", total !== 10000);
  };

  // A field that matters with some choices of another names both: "budget_type RATE". Without this script all show.
  const showFields = () => form.querySelectorAll("[data-shown-with]").forEach((part) => {
    const [name, ...choices] = part.dataset.shownWith.split(" ");
    part.hidden = !choices.includes(field(name).value);
  });

  const update = () => {
    addUp();
    showFields();
  };
  form.addEventListener("input", update);
  // Browsers fill in what was typed before a reload or the Back button.
  window.addEventListener("pageshow", update);
  update();

  // htmx brings what the plan says; a field that the plan leaves open keeps its value.
  document.addEventListener("planChosen", (event) => {
    Object.entries(event.detail).forEach(([name, value]) => {
      const input = field(name);
      if (!input) return;
      if (input.type === "checkbox") input.checked = value;
      else input.value = value;
    });
    changed();
  });
})();
