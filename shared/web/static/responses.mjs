// Ready-made words, put into the field that they are offered for.

/** Makes every choice of such words in this part of the page fill its field in, once: a part may come here again. */
export const offerResponses = (part) => part.querySelectorAll("[data-response]:not([data-ready])").forEach(fillIn);

/** Puts the chosen words where they are to be changed; what was written by hand is never thrown away. */
function fillIn(choice) {
  const field = document.getElementById(choice.dataset.response);
  const between = field.matches("textarea") ? "\n" : " ";
  let last = "";
  choice.dataset.ready = "yes";
  choice.addEventListener("change", () => {
    const text = choice.selectedOptions[0]?.dataset.text ?? "";
    const own = field.value.trim() && field.value !== last ? field.value.replace(last, "").trim() : "";
    field.value = [own, text].filter(Boolean).join(between);
    last = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
