/** Two buttons that say what they do, in the page's language and not the browser's: in place of the file field, they choose
    photos with it, and take one with a phone's camera, which `taken` gets. */
export function photoButtons(row, input, taken) {
  row.hidden = false;
  sayWhileOpen(row, input);
  input.classList.add("hidden");
  input.tabIndex = -1;
  row.querySelector("[data-pick]").addEventListener("click", () => input.click());
  const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
  camera.setAttribute("capture", "environment");
  sayWhileOpen(row, camera);
  camera.addEventListener("change", async () => {
    await taken([...camera.files]);
    camera.value = "";
  });
  const take = row.querySelector("[data-take]");
  take.hidden = !matchMedia("(pointer: coarse)").matches;
  take.addEventListener("click", () => camera.click());
}

const LATE = 3_000; // ms after coming back: a browser without "cancel" says nothing when nothing was chosen

/** While the camera or the list of photos is open the row has `data-choosing`: drawn anew meanwhile, it would lose what
    is chosen there. */
function sayWhileOpen(row, input) {
  let later;
  const over = () => delete row.dataset.choosing;
  input.addEventListener("click", () => {
    clearTimeout(later); // of the time before
    row.dataset.choosing = "yes";
    addEventListener("focus", () => { later = setTimeout(over, LATE); }, { once: true });
  });
  for (const event of ["change", "cancel"]) input.addEventListener(event, () => setTimeout(over));
}

/** A photo that was chosen, with a button that takes it away again; `words` say so. */
export function photoTile(file, words, remove) {
  const tile = document.createElement("li");
  const picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name });
  const unseen = Object.assign(document.createElement("span"), { className: "no-preview", textContent: file.name });
  picture.addEventListener("error", () => picture.replaceWith(unseen)); // HEIC outside Apple's
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×", title: words });
  button.setAttribute("aria-label", `${words}: ${file.name}`);
  button.addEventListener("click", remove);
  tile.append(picture, button);
  return tile;
}
