"use strict";

// Names and probability of the pair under the pointer.
(function () {
  const map = document.getElementById("map");
  if (!map) return;
  const out = document.getElementById("pointed");
  const names = JSON.parse(document.getElementById("names").textContent);
  const levels = atob(document.getElementById("levels").textContent.trim());
  function place(offset, size) {
    const n = names.length;
    return Math.min(n - 1, Math.max(0, Math.floor((offset / size) * n)));
  }
  map.addEventListener("mousemove", function (event) {
    const box = map.getBoundingClientRect();
    const i = place(event.clientY - box.top, box.height);
    const j = place(event.clientX - box.left, box.width);
    const probability = levels.charCodeAt(i * names.length + j) / 255;
    out.textContent =
      names[i] + "  \u2014  " + names[j] + ":  probability " + probability.toFixed(2);
  });
})();

window.addEventListener("beforeprint", function () {
  document.querySelectorAll("details").forEach(function (details) {
    details.open = true;
  });
});
