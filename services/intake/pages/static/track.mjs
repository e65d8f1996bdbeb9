// Keeps an open page up to date: looks now and then, and puts the new steps in place without losing what is typed.
import { announce } from "/static/shared/forms.mjs";
import { readyPhotos } from "/static/shared/photo_field.mjs";
import { forgetLink, remember } from "./links.mjs";

const EVERY_MS = 10_000;

/** A private link that is opened on another phone is in that phone's list too, until it is to be forgotten there. */
function rememberLink() {
  const { reference, category } = document.getElementById("progress").dataset;
  const own = document.querySelector("#own-link [data-copy]");
  if (!own) return;
  const asked = new URL(own.dataset.copy).searchParams;
  remember({ reference, secret: asked.get("secret"), party: asked.get("party"), category: category || null });
  document.querySelector("form[action*='/close-here']")?.addEventListener("submit", () => forgetLink(reference));
}

async function look() {
  if (document.hidden) return;
  const box = document.getElementById("progress");
  const answer = await fetch(`${box.dataset.watch}${location.search}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { updated_at: updated } = await answer.json();
  if (new Date(updated) <= new Date(box.dataset.updated)) return;
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  for (const part of ["#what", ".holder", "#timeline"]) {
    const [old, now] = [box.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
  for (const id of ["answer", "acts"]) {
    const acts = document.getElementById(id);
    const typing = [...acts.querySelectorAll("textarea, input:not([type='hidden'], [type='radio'])")].some((one) => one.value) || acts.querySelector(":checked");
    if (!typing && !acts.contains(document.activeElement)) acts.replaceWith(document.adoptNode(fresh.getElementById(id)));
  }
  readyPhotos(document);
  box.dataset.updated = updated;
  announce(document.querySelector("#timeline .what")?.textContent);
}

rememberLink();
readyPhotos(document);
setInterval(() => look().catch(() => {}), EVERY_MS);
document.addEventListener("visibilitychange", () => look().catch(() => {}));
