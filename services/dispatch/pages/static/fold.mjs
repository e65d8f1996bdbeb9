// One spelling for what people type in many, as `shared/words/fold.py` has it for the server; a test holds the two
// together for Thai and Latin. For comparing only.

const MARKS = "ัิีึืฺุู็่้๊๋์ํ๎";
const CLUSTER = new RegExp(`[${MARKS}]+(?:[ะา][${MARKS}]*)?|[ะา][${MARKS}]+`, "gu");
const SAME = { ใ: "ไ", ๅ: "า" };
const UNSEEN = /[\p{Cf}\u115f\u1160\u3164\uffa0\u2800\u034f\ufe00-\ufe0f]/gu;

export function folded(text) {
  const plain = text.normalize("NFKC").replace(UNSEEN, "").toLowerCase()
    .replace(/[๐-๙]/gu, (one) => one.charCodeAt(0) - 0x0e50).replace(/\p{Pd}/gu, "-").replace(/[ใๅ]/gu, (one) => SAME[one]).replaceAll("เเ", "แ");
  return plain.replace(CLUSTER, inOrder).replace(/\s+/gu, " ").trim();
}

function inOrder(cluster) {
  const marks = new Set(cluster);
  let beside = ["ะ", "า"].filter((one) => marks.delete(one)).join("");
  if (marks.has("ํ") && beside === "า") {
    marks.delete("ํ");
    beside = "ำ";
  } else if (marks.has("ํ") && marks.has("ิ")) {
    marks.delete("ํ");
    marks.delete("ิ");
    marks.add("ึ");
  }
  return [...marks].sort((one, other) => MARKS.indexOf(one) - MARKS.indexOf(other)).join("") + beside;
}
