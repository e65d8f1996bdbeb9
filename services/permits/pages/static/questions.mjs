// Asks only what an earlier answer makes necessary. Without scripts every question is shown, each with when it is meant.

const form = document.querySelector("form:has([data-when])");

const answerTo = (name) => form.elements[name]?.value.trim() ?? "";

/** The same tests as the server's: what is hidden here, it leaves out. Numbers may be written with Thai digits. */
function holds({ field, one_of: choices, equals, at_most: most, at_least: least }) {
  const answer = answerTo(field);
  if (choices) return choices.includes(answer);
  if (!answer) return false;
  const number = Number(answer.replaceAll(",", "").replace(/[๐-๙]/g, (digit) => "๐๑๒๓๔๕๖๗๘๙".indexOf(digit)));
  if (equals !== undefined) return number === Number(equals);
  return most === undefined ? number >= Number(least) : number <= Number(most);
}

/** In the order of the form: what is hidden counts as not answered for what waits on it. */
function show() {
  for (const question of form.querySelectorAll("[data-when]")) {
    const asked = JSON.parse(question.dataset.when).every((test) => holds(test) && !form.elements[test.field].closest("[hidden]"));
    question.hidden = !asked;
  }
}

if (form) {
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
}
