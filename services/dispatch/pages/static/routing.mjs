// The questions of the chosen category, at once; without this they come with the next answer of the server.
const category = document.querySelector("#category");
const sheets = document.querySelectorAll("[data-about]");

function show() {
  for (const sheet of sheets) sheet.hidden = sheet.dataset.about !== category.value;
}

category.addEventListener("change", show);
show();
