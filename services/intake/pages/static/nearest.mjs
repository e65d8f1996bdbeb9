// Puts the reports nearest to the reader, or to a place that was searched for, first in the list, and says how far they are.
import { distance } from "/static/shared/map/geometry.mjs";

const list = document.querySelector("[data-near-list]");

function said(metres) {
  const number = (value, digits) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits }).format(value);
  const text = metres < 1000 ? list.dataset.metres.replace("{count}", number(Math.round(metres / 10) * 10, 0)) : list.dataset.kilometres.replace("{count}", number(metres / 1000, 1));
  return text;
}

if (list) document.addEventListener("near", ({ detail }) => {
  const cards = [...list.querySelectorAll("li")].map((card) => {
    const { latitude, longitude } = card.dataset;
    const metres = latitude ? distance(detail, { lat: Number(latitude), lng: Number(longitude) }) : Infinity;
    card.querySelector("[data-distance]").textContent = latitude ? ` · ${said(metres)}` : "";
    return { card, metres };
  });
  cards.sort((one, other) => one.metres - other.metres);
  const [{ metres: nearest }] = cards;
  if (nearest < Infinity) document.querySelector("[data-map-status]").textContent = list.dataset.nearest.replace("{distance}", said(nearest));
  const places = [...list.querySelectorAll("ul")].map((ul) => ({ ul, room: ul.children.length }));
  places.forEach(({ ul, room }) => ul.append(...cards.splice(0, room).map(({ card }) => card)));
});
