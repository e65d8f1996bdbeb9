// The photos of finished work, for crew and desk: chosen or taken, shown, taken away again, and asked for where needed.
import { choose } from "/static/shared/fields.mjs";
import { photoButtons, photoTile } from "/static/shared/photo_buttons.mjs";

const besideOf = (field, name) => field.parentElement.querySelector(`[data-${name}]`);
const firstButton = (field) => besideOf(field, "photo-actions").querySelector("button:not([hidden])");

function put(field, files) {
  choose(field, files);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** More than one form can take would be refused by the server, all of them. */
function leaveOut(field) {
  const most = Number(field.dataset.most);
  const tooMany = field.files.length > most;
  if (tooMany) put(field, [...field.files].slice(0, most));
  besideOf(field, "photo-left-out").hidden = !tooMany;
}

function takeAway(field, at) {
  put(field, [...field.files].filter((_, other) => other !== at));
  firstButton(field).focus();
}

function showChosen(field) {
  const list = besideOf(field, "chosen");
  list.querySelectorAll("img").forEach(({ src }) => URL.revokeObjectURL(src));
  list.replaceChildren(...[...field.files].map((file, at) => photoTile(file, list.dataset.remove, () => takeAway(field, at))));
}

/** A photo is asked for before the form is sent only where it will be needed: when the work is said to be fixed. */
function isMissing({ files, form, dataset }) {
  return "proof" in dataset && form.elements.outcome.value === "fixed" && !files.length;
}

/** Whether this form must not be sent yet for want of a photo; then it says so and leads there. */
export function wantsPhoto(form) {
  const field = fieldOf(form);
  if (!field) return false;
  const missing = isMissing(field);
  besideOf(field, "photo-missing").hidden = !missing;
  if (missing) firstButton(field).focus();
  return missing;
}

/** What was chosen has been taken: the next photos begin anew. */
export function clearPhotos(form) {
  const field = fieldOf(form);
  if (!field) return;
  choose(field, []);
  showChosen(field);
}

const fieldOf = (form) => [...form.elements].find((field) => field.matches(".photo-field input[type=file]"));

/** Makes the photo fields of this part of the page ready; those of a card that a board kept are ready already. */
export function askForPhotos(part) {
  for (const field of part.querySelectorAll(".photo-field input[type=file]:not([data-ready])")) {
    field.dataset.ready = "yes";
    const missing = besideOf(field, "photo-missing");
    photoButtons(besideOf(field, "photo-actions"), field, (files) => put(field, [...field.files, ...files]));
    const fit = () => {
      leaveOut(field);
      showChosen(field);
      if (!isMissing(field)) missing.hidden = true;
    };
    [field, field.form].forEach((one) => one.addEventListener("change", fit));
    field.form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented && wantsPhoto(field.form)) event.preventDefault();
    }, true); // before it is said to be on its way
  }
}

askForPhotos(document);
