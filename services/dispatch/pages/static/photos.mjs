// The photos of finished work, for crew and desk: asked for where they are needed.
import { besideOf, emptyPhotos, firstButton, readyPhotos } from "/static/shared/photo_field.mjs";

/** A photo is asked for before the form is sent only where it will be needed: when the work is said to be fixed. */
function isMissing({ files, form, dataset }) {
  return "proof" in dataset && form.elements.outcome.value === "fixed" && !files.length;
}

/** Whether this form must not be sent yet for want of a photo; then it says so and leads there. */
export function wantsPhoto(form) {
  const field = fieldsOf(form).find(isMissing);
  if (!field) return false;
  besideOf(field, "photo-missing").hidden = false;
  firstButton(field).focus();
  return true;
}

/** What was chosen has been taken: the next photos begin anew. */
export function clearPhotos(form) {
  fieldsOf(form).forEach(emptyPhotos);
}

const fieldsOf = (form) => [...form.elements].filter((field) => field.matches(".photo-field input[type=file]"));

function askForOne(field) {
  if (!("proof" in field.dataset)) return;
  const found = () => {
    if (!isMissing(field)) besideOf(field, "photo-missing").hidden = true;
  };
  [field, field.form].forEach((one) => one.addEventListener("change", found));
  field.form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && wantsPhoto(field.form)) event.preventDefault();
  }, true); // before it is said to be on its way
}

/** Makes the photo fields of this part of the page ready; those of a card that a board kept are ready already. */
export const askForPhotos = (part) => readyPhotos(part, askForOne);

askForPhotos(document);
