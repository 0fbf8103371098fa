// A page that the browser brings back from its memory is asked for anew, so that nobody goes back
// to a page of the one who had the device before.

window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
