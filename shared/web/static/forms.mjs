// Makes forms kinder where scripts run; every form works without it.

/** Moves the focus to what must be corrected, so that it is read out and seen first. */
function showErrors() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  leadToFields(summary);
  summary.focus();
}

/** Each line of an error summary leads to its field. */
export function leadToFields(summary) {
  summary.querySelectorAll("a[href^='#']").forEach((link) => link.addEventListener("click", (event) => {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    reveal(field);
  }));
}

/** The field with the focus, and on the screen from its label on: what is wrong stands between the two. A wrong field may
    sit in a folded part of the page. */
function reveal(field) {
  for (let folded = field.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  field.focus({ preventScroll: true });
  (field.closest(".field, fieldset, .map-field") ?? field).scrollIntoView({ block: "start" });
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
      announce(document.body.dataset.offline);
      return sayBeside(form, document.body.dataset.offline, "bad", event.submitter);
    }
    form.setAttribute("aria-busy", "true");
    announce(document.body.dataset.sending);
    sayBeside(form, document.body.dataset.sending, "", event.submitter);
    // After the event, because a disabled button would not send its own name and value.
    setTimeout(() => buttons(form).forEach((button) => button.setAttribute("aria-busy", "true")));
  });
}

function buttons(form) {
  return form.querySelectorAll("button:not([type='button'])");
}

/** Says how the sending goes where the eyes are, beside the button. */
export function sayBeside(form, text, tone = "", button = null) {
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

/** Copies what the button holds; it stands on the page in any case, for browsers that may not. */
function copyable(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("span").textContent = button.dataset.copied;
    announce(button.dataset.copied);
  });
}

/** Wide screens show the menu at once, narrow ones when asked; Escape closes it. */
function menu() {
  const box = document.querySelector("[data-menu]");
  const wide = matchMedia("(min-width: 62rem)");
  const fit = () => { box.open = wide.matches; };
  fit();
  wide.addEventListener("change", fit);
  // The staff's menu scrolls sideways on a phone: the page one is on must be seen in it.
  document.querySelector(".staff-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !wide.matches && box.open) {
      box.open = false;
      box.querySelector("summary").focus();
    }
  });
}

document.querySelectorAll("form[method='post' i]").forEach(sendOnce);
document.querySelectorAll("[data-copy]").forEach(copyable);
addEventListener("pageshow", (event) => event.persisted && giveBack());
menu();
showErrors();
