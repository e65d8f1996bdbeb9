// Photos made smaller before they are sent: a phone's camera gives 4 MB and more, and a village's uplink takes a minute
// for that. What a photo says of its place is read first, because the smaller copy no longer says it.

const SIDE = 2000; // px: enough to read a house number
const QUALITY = 0.8;
const SMALL = 600_000; // bytes: not worth the work

/** The photo itself when it is small, or when this browser cannot read it (HEIC outside Apple's); else a smaller JPEG,
    of at most so many pixels a side. */
export async function smaller(file, most = SIDE) {
  if (file.size <= SMALL) return file;
  try {
    const blob = await drawn(file, most);
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file;
  }
}

async function drawn(file, most) {
  const picture = new Image();
  picture.src = URL.createObjectURL(file);
  try {
    await picture.decode();
    const scale = Math.min(1, most / Math.max(picture.naturalWidth, picture.naturalHeight));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight].map((side) => Math.max(1, Math.round(side * scale)));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff"; // what JPEG cannot leave transparent
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height); // upright, as the browser shows it
    return await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

/** Where a JPEG says it was taken, as `{latitude, longitude}`; null when it does not say, or says it unreadably. */
export async function placeOf(file) {
  try {
    const exif = exifOf(new DataView(await file.slice(0, 256_000).arrayBuffer()));
    const gps = exif && directoryOf(exif, 0x8825);
    return gps ? degrees(exif, gps) : null;
  } catch {
    return null; // cut short, or pointing beyond its own end
  }
}

/** The TIFF block inside the first APP1 segment "Exif". */
function exifOf(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; view.getUint8(at) === 0xff && view.getUint8(at + 1) !== 0xda; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint16(at) !== 0xffe1 || view.getUint32(at + 4) !== 0x45786966) continue;
    const tiff = new DataView(view.buffer, at + 10, view.getUint16(at + 2) - 8);
    return { tiff, little: tiff.getUint16(0) === 0x4949 };
  }
  return null;
}

/** The entries of the directory that the first one's entry `pointer` leads to: where each tag's value stands. */
function directoryOf({ tiff, little }, pointer) {
  const entries = (start) => new Map(Array.from({ length: tiff.getUint16(start, little) }, (_, number) => {
    const at = start + 2 + number * 12;
    return [tiff.getUint16(at, little), at + 8];
  }));
  const found = entries(tiff.getUint32(4, little)).get(pointer);
  return found === undefined ? null : entries(tiff.getUint32(found, little));
}

function degrees({ tiff, little }, gps) {
  const [latitude, longitude] = [[1, 2, "S"], [3, 4, "W"]].map(([side, value, negative]) => {
    const at = tiff.getUint32(gps.get(value), little);
    const [whole, minutes, seconds] = [0, 8, 16].map((step) => tiff.getUint32(at + step, little) / tiff.getUint32(at + step + 4, little));
    return (whole + minutes / 60 + seconds / 3600) * (String.fromCharCode(tiff.getUint8(gps.get(side))) === negative ? -1 : 1);
  });
  const sound = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude || longitude);
  return sound ? { latitude, longitude } : null;
}
