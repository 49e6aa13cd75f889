// Adds a "show password" switch to every password field. Without script the page simply lacks the switch.
"use strict";

for (const input of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.setAttribute("aria-label", visible ? "Hide password" : "Show password");
    button.setAttribute("aria-pressed", String(visible));
  };
  button.type = "button";
  button.className = "reveal";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => show(input.type === "password"));
  // A revealed password must not be kept by the browser's form history.
  input.form.addEventListener("submit", () => show(false));
  show(false);
  input.parentElement.classList.add("with-reveal");
  input.after(button);
}
