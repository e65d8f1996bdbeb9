// A field for several photos (`ui.photo_field`): chosen or taken, shown, and taken away again.
import { choose } from "./fields.mjs";
import { photoButtons, photoTile } from "./photo_buttons.mjs";

export const besideOf = (field, name) => field.parentElement.querySelector(`[data-${name}]`);
export const firstButton = (field) => besideOf(field, "photo-actions").querySelector("button:not([hidden])");

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

/** What was chosen has been taken: the next photos begin anew. */
export function emptyPhotos(field) {
  choose(field, []);
  showChosen(field);
}

/** Makes the photo fields of this part of the page ready, once each; `ready` is told of every one of them. */
export function readyPhotos(part, ready = () => {}) {
  for (const field of part.querySelectorAll(".photo-field input[type=file]:not([data-ready])")) {
    field.dataset.ready = "yes";
    photoButtons(besideOf(field, "photo-actions"), field, (files) => put(field, [...field.files, ...files]));
    const fit = () => {
      leaveOut(field);
      showChosen(field);
    };
    field.addEventListener("change", fit);
    field.form.addEventListener("change", ({ target }) => target !== field && fit()); // filled in anew by a script
    ready(field);
  }
}
