// A form's fields as plain values and back: whatever has a name, so that nothing somebody filled in is forgotten.

/** `[name, value]` of all that is filled in, chosen or ticked; files are kept apart. */
export const valuesOf = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");

/** Whether somebody has written or chosen something here: what the server proposes in a text field is nobody's work. */
export function isTouched(field) {
  if (!field.matches("select")) return field.value !== field.defaultValue;
  const proposed = [...field.options].findIndex(({ defaultSelected }) => defaultSelected);
  return field.selectedIndex !== Math.max(proposed, 0);
}

/** Fills the form in as it was, but for the fields of these names. What is not among the values is empty or unticked. */
export function fill(form, values, except = []) {
  for (const field of form.elements) {
    if (!field.name || except.includes(field.name) || ["file", "submit", "button"].includes(field.type)) continue;
    const given = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
    else field.value = given[0] ?? "";
  }
}

/** The files of a file field, put there as if they had been chosen just now; false where the browser cannot. */
export function choose(field, files) {
  try {
    const chosen = new DataTransfer();
    files.forEach((file) => chosen.items.add(file));
    field.files = chosen.files;
    return true;
  } catch {
    return false;
  }
}
