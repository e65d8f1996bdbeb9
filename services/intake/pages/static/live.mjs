// Says something to people who listen to the page rather than look at it.
export function announce(text) {
  const live = document.getElementById("live");
  if (live && text) live.textContent = text;
}
