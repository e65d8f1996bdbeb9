// A button for what the browser's own menu does as well.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
// In the order of the way, as the board had it.
const order = location.hash.slice(1).split(",");
const jobs = order.map((id) => document.querySelector(`[data-job="${CSS.escape(id)}"]`)).filter(Boolean);
jobs[0]?.parentElement.prepend(...jobs);
document.querySelectorAll("[data-number]").forEach((place, at) => { place.textContent = at + 1; });
// The other form of the sheet too.
document.querySelectorAll("[data-form]").forEach((link) => { link.hash = location.hash; });
// Nobody scrolls past them before they are printed.
document.querySelectorAll("img[loading=lazy]").forEach((picture) => { picture.loading = "eager"; });
