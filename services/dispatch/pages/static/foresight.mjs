// What a job will be once everything that waits on this phone has arrived. Pure: tests run it without a browser.
// `table` comes from the server (`pages/steps.py`): what each state is followed by, and where each act leads.

/** The state after these acts, and where a pause would go on; `entries`: `{act, refused}` in their order. */
export function foresee({ state, goesOn }, entries, table) {
  let now = { state, goesOn };
  for (const { act, refused } of entries) if (!refused) now = after(now, act, table);
  return now;
}

function after({ state, goesOn }, act, table) {
  const lead = table.leads[act];
  if (!lead) return { state, goesOn };
  if (act === "pause") return { state: lead, goesOn: state };
  if (act === "resume") return { state: goesOn ?? lead, goesOn: null };
  return { state: typeof lead === "string" ? lead : lead[state] ?? lead[""] ?? state, goesOn };
}

/** The acts that can be pressed in that state. */
export function possible(state, table) {
  return table.states[state] ?? { next: null, acts: [], progress: 0, group: null };
}
