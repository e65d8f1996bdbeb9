// The officer's form with a script: while they type, what is known already; and what the caller has reported before.
import { announce } from "/static/shared/forms.mjs";
import { Suggestions } from "./suggest.mjs";

const PAUSE = 500; // ms without a key pressed

const form = document.getElementById("takedown");
const like = document.querySelector("[data-like]");
const found = form.querySelector("[data-earlier-found]");
const earlier = form.querySelector("[data-earlier]");

// On a narrow screen nothing stands beside the form: what is known already comes before the button that takes it down.
if (!matchMedia("(min-width: 48rem)").matches) form.querySelector(".send").before(like);

/** Suggests categories as the residents' form does; what lies near is the officers' own list. */
class OfficersSuggestions extends Suggestions {
  tell() {}
}

async function pieceOf(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}

let later = 0;
let asked = 0;

function lookSoon() {
  clearTimeout(later);
  later = setTimeout(() => look().catch(() => {}), PAUSE);
}

/** A late answer to an older question is not shown. */
async function look() {
  const { text, category, latitude, longitude } = form.elements;
  if (!latitude.value || !longitude.value || !(text.value.trim() || category.value)) return void like.replaceChildren();
  asked += 1;
  const number = asked;
  const query = new URLSearchParams({ text: text.value.slice(0, 400), category: category.value, lat: latitude.value, lon: longitude.value });
  const html = await pieceOf(`/report/desk/like?${query}`);
  if (number === asked) like.innerHTML = html;
}

/** By number or address, in the body of a request: neither may stand in anybody's log. Whoever asks says where the caller
    is, for that is what the town writes down. */
async function lookForEarlier() {
  const { phone, email, channel } = form.elements;
  found.textContent = "";
  if (!phone.value.trim() && !email.value.trim()) return void phone.focus();
  if (!channel.value) return void channel[0].focus();
  try {
    const body = JSON.stringify({ caller: channel.value, phone: phone.value, email: email.value });
    const answer = await fetch("/api/v1/notify/contacts/reports", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (answer.status === 429) return void sayOften();
    if (!answer.ok) throw new Error(`earlier: ${answer.status}`);
    const { references } = await answer.json();
    const query = new URLSearchParams(references.map((one) => ["reference", one]));
    found.innerHTML = await pieceOf(`/report/desk/earlier?${query}`);
  } catch {
    found.textContent = form.dataset.failed;
    announce(form.dataset.failed);
  }
}

function sayOften() {
  found.textContent = form.dataset.often;
  announce(form.dataset.often);
}

function showChosen() {
  const chosen = form.querySelector("input[name='category']:checked");
  form.querySelector(".kinds output").textContent = chosen ? `· ${chosen.closest("label").textContent.trim()}` : "";
  form.querySelectorAll("[data-about]").forEach((one) => { one.hidden = one.dataset.about !== chosen?.value; });
}

new OfficersSuggestions(form);
earlier.hidden = false;
earlier.addEventListener("click", lookForEarlier);
form.elements.text.addEventListener("input", lookSoon);
form.addEventListener("place", lookSoon);
form.addEventListener("change", (event) => {
  if (event.target.name === "category") showChosen();
  if (["category", "latitude", "longitude"].includes(event.target.name)) lookSoon();
});
showChosen();
