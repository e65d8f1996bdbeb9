// The success page: remembers the report on this device, shares its link, and says who has it as soon as that is known.
import { announce } from "/static/shared/forms.mjs";
import { remember } from "./links.mjs";

const EVERY_MS = 1500; // routing takes about a second
const LOOKS = 8;

const { reference, category, link } = document.querySelector("[data-done]").dataset;
// Where there are cookies this browser keeps the key of the report from now on: it need not stand in the address.
if (navigator.cookieEnabled) history.replaceState(history.state, "", location.pathname);
remember({ reference, secret: new URL(link).searchParams.get("secret"), category: category || null });

const share = document.querySelector("[data-share]");
if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ title: share.dataset.share, url: share.dataset.link }).catch(() => {}));
}

async function look(left) {
  const next = document.querySelector("[data-next]");
  if (next.dataset.next === "known" || left === 0) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-next='known']");
  if (!fresh) return later(left - 1);
  next.replaceWith(document.adoptNode(fresh));
  announce(fresh.firstElementChild.textContent);
}

const later = (left) => setTimeout(() => look(left).catch(() => {}), EVERY_MS);
later(LOOKS);
