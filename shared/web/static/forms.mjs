// Makes forms kinder where scripts run; every form works without it.

/** Moves the focus to what must be corrected, so that it is read out and seen first. */
function showErrors() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.querySelectorAll("a[href^='#']").forEach((link) => link.addEventListener("click", () => open(link)));
  summary.focus();
}

/** A wrong field may sit in a folded part of the page. */
function open(link) {
  const field = document.getElementById(link.hash.slice(1));
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
}

/** A second tap on a slow network must not send the form twice; a failed connection gives the button back. */
export function sendOnce(form) {
  if (form.dataset.once) return;
  form.dataset.once = "yes";
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.getAttribute("aria-busy") === "true") return void event.preventDefault();
    if (navigator.onLine === false) {
      event.preventDefault();
      return tell(form, event.submitter, document.body.dataset.offline, "bad");
    }
    form.setAttribute("aria-busy", "true");
    tell(form, event.submitter, document.body.dataset.sending);
    // After the event, because a disabled button would not send its own name and value.
    setTimeout(() => buttons(form).forEach((button) => button.setAttribute("aria-busy", "true")));
  });
}

function buttons(form) {
  return form.querySelectorAll("button:not([type='button'])");
}

/** Says how the sending goes where the eyes are, beside the button, and to people who listen to the page. */
function tell(form, button, text, tone = "") {
  announce(text);
  const line = form.querySelector(".form-status") ?? document.createElement("span");
  line.className = `form-status ${tone}`;
  line.textContent = text;
  if (line.isConnected) return;
  const tapped = button ?? buttons(form)[0];
  const row = tapped?.closest(".actions") ?? null;
  (form.contains(row) ? row : tapped)?.after(line);
}

/** Coming back by the browser's button shows the page as it was left: make it usable again. */
function giveBack() {
  document.querySelectorAll("form[aria-busy]").forEach((form) => {
    form.removeAttribute("aria-busy");
    form.querySelector(".form-status")?.remove();
    buttons(form).forEach((button) => button.removeAttribute("aria-busy"));
  });
}

/** Says something to people who listen to the page rather than look at it. */
export function announce(text) {
  const live = document.getElementById("live");
  if (live && text) live.textContent = text;
}

/** Wide screens show the menu at once, narrow ones when asked; Escape closes it. */
function menu() {
  const box = document.querySelector("[data-menu]");
  const wide = matchMedia("(min-width: 62rem)");
  const fit = () => { box.open = wide.matches; };
  fit();
  wide.addEventListener("change", fit);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !wide.matches && box.open) {
      box.open = false;
      box.querySelector("summary").focus();
    }
  });
}

document.querySelectorAll("form[method='post' i]").forEach(sendOnce);
addEventListener("pageshow", (event) => event.persisted && giveBack());
menu();
showErrors();
