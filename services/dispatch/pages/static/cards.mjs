// The cards of a crew's board as they stand on the page: in which list, how far unfolded, and where on the screen.

export const board = () => document.getElementById("board");
export const cards = () => [...board().querySelectorAll("article[data-work]")];
export const cardOf = (id) => board().querySelector(`article[data-work="${id}"]`);
export const listOf = (name) => board().querySelector(`[data-place="${name}"]`);

/** Does `change` to the page and leaves the job in hand where it was on the screen: the one with the focus, or else the
    unfolded one, for Safari gives a tapped button no focus. It may be another card afterwards, in another list. Of a long
    one of which only the end is in sight, that end stays: its buttons are there. */
export function keepingPlace(change) {
  const focused = document.activeElement;
  const card = focused.closest("article[data-work]") ?? cards().find((one) => one.querySelector(".job[open]") && isSeen(one));
  const held = () => (card ? cardOf(card.dataset.work) : board().contains(focused) ? focused : null);
  const before = held()?.getBoundingClientRect();
  change();
  if (board().contains(focused)) focused.focus({ preventScroll: true });
  const after = held()?.getBoundingClientRect();
  const edge = before?.top < 0 && before.bottom < innerHeight ? "bottom" : "top";
  if (before && after) scrollBy(0, after[edge] - before[edge]);
}

function isSeen(card) {
  const { top, bottom } = card.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/** Where a card stands in its list: by how it presses, or by the way there while that is shown. */
const placeOf = (card) => card.dataset.onTheWay ?? card.dataset.rank;

/** Puts a card where it belongs; one that keeps its place keeps the focus in it. */
export function putIn(list, card) {
  const after = [...list.children].find((other) => other !== card && placeOf(other) > placeOf(card)) ?? null;
  if (card.parentElement !== list || card.nextElementSibling !== after) list.insertBefore(card, after);
}

/** Headings and counts follow their lists; `shown`: what a filter has left of them. */
export function fitGroups() {
  let any = false;
  for (const group of board().querySelectorAll("[data-group]")) {
    const jobs = [...group.querySelectorAll("article[data-work]")].filter(({ hidden }) => !hidden);
    group.hidden = !jobs.length;
    group.querySelector("[data-count]").textContent = jobs.filter(({ dataset }) => !("over" in dataset)).length;
    any ||= jobs.length > 0;
  }
  board().querySelector("[data-none]").hidden = any || cards().length > 0;
  board().querySelector("[data-nothing-found]").hidden = any || !cards().length;
  board().querySelector("[data-finished]").hidden = !listOf("finished").children.length;
}

const FOLDS = "details:is(.job, .more, .before, [data-act])";
const foldName = ({ dataset, className }) => dataset.act ?? className;

/** The form that somebody has just opened stays open: the card of the step before may come behind it. */
export function unfoldAs(old, card) {
  const open = new Set([...old.querySelectorAll(FOLDS)].filter((fold) => fold.open).map(foldName));
  card.querySelectorAll(FOLDS).forEach((fold) => { fold.open = open.has(foldName(fold)); });
}

/** The new card in the old one's place, as far unfolded. */
export function takeOver(old, card) {
  const focused = document.activeElement;
  const [held, pressed] = [old.contains(focused), Boolean(focused.closest?.("[data-step]"))];
  unfoldAs(old, card);
  old.replaceWith(card);
  if (held) card.querySelector(pressed ? "[data-step] button, [data-step] summary" : ".job-row")?.focus({ preventScroll: true });
}
