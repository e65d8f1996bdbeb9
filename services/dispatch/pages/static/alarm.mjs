// New work makes itself felt, urgent work heard: a phone in a pocket, a tablet in a car. Only once the page was touched, because no
// browser lets it before; can be turned off, and stays so.
import { keep, recall } from "/static/shared/device.mjs";

const MUTED = "onestop-crew-muted";
const TONES = [880, 660, 880, 660]; // Hz: two pitches are heard over an engine better than one
const BEAT = 0.22; // s
const SHAKE = [400, 150, 400, 150, 400]; // ms
const NUDGE = 200; // ms: work that can wait

let sound = null;

/** The button that turns it off and on again; it says which it is. */
export function alarmSwitch(button) {
  const fit = () => {
    const off = recall(MUTED) === true;
    button.setAttribute("aria-pressed", String(!off));
    button.querySelector("span").textContent = off ? button.dataset.off : button.dataset.on;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    keep(MUTED, recall(MUTED) !== true);
    fit();
  });
  ["pointerdown", "keydown"].forEach((kind) => addEventListener(kind, wake, { once: true }));
  fit();
}

function wake() {
  try {
    sound ??= new AudioContext();
    sound.resume();
  } catch {
    sound = null; // a browser without it still shakes
  }
}

/** For urgent work sound and a long shake, for all other a short one. */
export function ring(urgent) {
  if (recall(MUTED) === true || !navigator.userActivation?.hasBeenActive) return;
  navigator.vibrate?.(urgent ? SHAKE : NUDGE);
  if (urgent && sound?.state === "running") TONES.forEach(beep);
}

function beep(pitch, at) {
  const [tone, volume] = [sound.createOscillator(), sound.createGain()];
  const from = sound.currentTime + at * BEAT;
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(0.4, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + BEAT * 0.9);
  tone.connect(volume).connect(sound.destination);
  tone.start(from);
  tone.stop(from + BEAT);
}
