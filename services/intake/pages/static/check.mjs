// What the town would refuse, said before anything is sent or put aside for later. It knows the plain cases only: for
// all others the town's own answer comes back into the form.

const EMAIL = /[^\s@]@[^\s@]+\.[^\s@]/; // the town reads "Som <som@example.com>," too
const PHONE = /^[+(＋（]?\p{Nd}[\p{Nd}\p{Pd} ().（）．]{2,30}$/u; // the town reads digits and dashes of every width

/** `[field, what to say]` of everything that is wrong. */
export function mistakes(form, { category, kind, text, location, reporter }) {
  const { dataset } = form;
  const found = [];
  if (!text) found.push(["text", dataset.noText]);
  if (!category) found.push(["category", dataset.noCategory]);
  if (!kind && form.elements[`kind.${category}`]) found.push([`kind.${category}`, dataset.noKind]);
  for (const question of form.querySelectorAll(`[name^="answer.${CSS.escape(category)}."]`)) {
    if (question.validity.badInput) found.push([question.name, dataset.noNumber]);
    else if (question.required && !question.value.trim()) found.push([question.name, dataset.noAnswer]);
  }
  found.push(...placeMistakes(form, location, needsPlace(form, category, kind)));
  if (form.elements.consent.checked && !reporter?.email) found.push(["email", dataset.noEmail]);
  if (reporter?.email && !EMAIL.test(reporter.email)) found.push(["email", dataset.wrongEmail]);
  if (reporter?.phone && !PHONE.test(reporter.phone)) found.push(["phone", dataset.wrongPhone]);
  return found;
}

/** A question and a suggestion need none. */
const needsPlace = (form, category, kind) => (kind ?? form.querySelector(`[name="category"][value="${CSS.escape(category)}"]`)?.dataset.kind ?? "problem") === "problem";

function placeMistakes({ dataset }, { latitude, longitude, accuracy_m, address }, needed) {
  if ((latitude === null) !== (longitude === null)) return [["latitude", dataset.halfAPlace]];
  if (needed && !address && accuracy_m > Number(dataset.roughMetres)) return [["latitude", dataset.roughPlace]];
  return needed && latitude === null && !address ? [["address", dataset.noPlace]] : [];
}

// The API's name of a field that the form calls otherwise.
const OF_FIELD = /^(?:location|reporter|answers)\.(.+)$/;

/** The same of the town's refusal; what is in no field is told at the text. */
export function mistakesOf({ code, detail, errors }, form) {
  if (!errors?.length) return [[JSON.parse(form.dataset.refusals)[code] ?? "text", detail]];
  return errors.map(({ field, code: kind, message }) => {
    const name = OF_FIELD.exec(field)?.[1] ?? field.split(".")[0];
    const own = field.startsWith("answers.") ? `answer.${form.elements.category.value}.${name}` : name;
    return [own, own === "email" && kind === "not_an_email" ? form.dataset.wrongEmail : message];
  });
}
