// A choice of text size or contrast holds at once, and the page with what was chosen on it stays.
// Without this module the server shows the page again. The choice is sent in either case.

const STORED = {
  text_size: "data-text",
  contrast: "data-contrast",
};

function apply(name, word) {
  const root = document.documentElement;
  if (word === "usual") root.removeAttribute(STORED[name]);
  else root.setAttribute(STORED[name], word);
  if (name === "contrast") {
    document.getElementById("contrast-set").media = word === "high" ? "all" : "(prefers-contrast: more)";
  }
}

function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  // Without a line the choice still holds on this page; it is only not remembered.
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
}

function choose(button) {
  apply(button.name, button.value);
  for (const other of button.form.querySelectorAll(`button[name=${button.name}]`)) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  send(button.form, button);
  // Larger type moves the page; what was pressed stays in sight.
  button.scrollIntoView({ block: "nearest" });
}

function close(control) {
  if (control.contains(document.activeElement)) control.querySelector("summary").focus();
  control.open = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-display] button");
  if (button) {
    event.preventDefault();
    choose(button);
  }
  for (const control of document.querySelectorAll("[data-display][open]")) {
    if (!control.contains(event.target)) control.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const control of document.querySelectorAll("[data-display][open]")) close(control);
});
