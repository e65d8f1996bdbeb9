// The reports sent from this device or opened on it, each with where it stands, and the way to forget them all here.
import { announce } from "/static/shared/forms.mjs";
import { forgetDrafts } from "./draft.mjs";
import { address, forgetLinks, links } from "./links.mjs";

const box = document.querySelector("[data-mine]");
const ASKED = 10; // states are asked for the newest of them only

function row(own) {
  const { reference, category } = own;
  const item = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { className: "row", href: address(own) });
  const text = document.createElement("span");
  const state = Object.assign(document.createElement("span"), { className: "badge pill", hidden: true });
  text.append(Object.assign(document.createElement("strong"), { textContent: category ?? box.dataset.unnamed }), Object.assign(document.createElement("small"), { textContent: reference }));
  link.append(text, state);
  item.append(link);
  return { item, state };
}

/** Where it stands today; without a network, or when it is gone, the link alone has to do. */
async function showState({ reference, secret, party }, badge) {
  const answer = await fetch(`/api/v1/reports/${reference}${party ? `?party=${party}` : ""}`, { headers: { Accept: "application/json", "X-Report-Secret": secret, "Accept-Language": document.documentElement.lang } });
  if (!answer.ok) return;
  const { state_text: text, updated_at: updated } = await answer.json();
  const when = new Intl.DateTimeFormat(document.documentElement.lang === "th" ? "th-TH-u-ca-buddhist" : "en-GB", { day: "numeric", month: "short" });
  badge.textContent = `${text} · ${when.format(new Date(updated))}`;
  badge.hidden = false;
}

function show() {
  const kept = links();
  const rows = kept.map(row);
  box.hidden = kept.length === 0;
  box.querySelector("ul").replaceChildren(...rows.map(({ item }) => item));
  rows.slice(0, ASKED).forEach(({ state }, index) => showState(kept[index], state).catch(() => {}));
}

box.querySelector("[data-forget]").addEventListener("click", async () => {
  forgetLinks();
  await forgetDrafts();
  box.replaceChildren(Object.assign(document.createElement("p"), { textContent: box.dataset.forgotten }));
  announce(box.dataset.forgotten);
});
show();
