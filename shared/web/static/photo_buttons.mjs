/** Two buttons that say what they do, in the page's language and not the browser's: in place of the file field, they choose
    photos with it, and take one with a phone's camera, which `taken` gets. */
export function photoButtons(row, input, taken) {
  row.hidden = false;
  input.classList.add("hidden");
  input.tabIndex = -1;
  row.querySelector("[data-pick]").addEventListener("click", () => input.click());
  const camera = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
  camera.setAttribute("capture", "environment");
  camera.addEventListener("change", async () => {
    await taken([...camera.files]);
    camera.value = "";
  });
  const take = row.querySelector("[data-take]");
  take.hidden = !matchMedia("(pointer: coarse)").matches;
  take.addEventListener("click", () => camera.click());
}
