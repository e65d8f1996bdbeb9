// The success page: remembers the report on this device, copies and shares its link.
import { remember } from "./links.mjs";

const { reference, category, link } = document.querySelector("[data-done]").dataset;
const secret = new URL(link).searchParams.get("secret");
remember({ reference, secret, category: category || null });

const copy = document.querySelector("[data-copy]");
if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link);
    copy.querySelector("span").textContent = copy.dataset.copied;
  });
}
const share = document.querySelector("[data-share]");
if (navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ title: reference, url: link }).catch(() => {}));
}
