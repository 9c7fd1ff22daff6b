// What htmx leaves without a word: a force sync that did not reach us.
"use strict";

["htmx:sendError", "htmx:responseError"].forEach((name) => {
  document.addEventListener(name, (event) => {
    const result = document.getElementById("sync-result");
    if (result && event.target.id === "sync-icon" && event.target.tagName === "FORM") {
      result.textContent = "The sync could not be started: no connection to Protiv. Try again in a moment.";
    }
  });
});
