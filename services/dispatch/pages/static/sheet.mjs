// A button for what the browser's own menu does as well.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
// Nobody scrolls past them before they are printed.
document.querySelectorAll("img[loading=lazy]").forEach((picture) => { picture.loading = "eager"; });
