// A parcel of the town plan's layer, asked for before anybody opens a map: this loads no map.
const PARCELS = "/api/v1/plan/collections/parcels/items";
const POINT = 1e-7; // degrees, about a centimetre

async function first(query) {
  const answer = await fetch(`${PARCELS}?limit=1&${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(`parcels: ${answer.status}`);
  return (await answer.json()).features[0] ?? null;
}

/** The parcel of a deed, or null. */
export const parcelOf = (deed) => first({ deed_number: deed });

/** The parcel at a place, or null. */
export const parcelAt = ([lng, lat]) => first({ bbox: [lng - POINT, lat - POINT, lng + POINT, lat + POINT].map((degree) => degree.toFixed(8)).join() });
