// Plates, tree, maps and the table: where patterns are clicked, and what changes recolours.

const painted = new Map(); // by pattern: its group and the name of that

function paint() {
  const changed = new Set();
  state.group.forEach((group, row) => {
    const now = group + " " + groupName(group);
    if (painted.get(row) !== now) changed.add(row);
    painted.set(row, now);
  });
  document.querySelectorAll("svg [data-row]").forEach((place) => {
    const row = Number(place.dataset.row), group = state.group[row];
    if (!changed.has(row)) return;
    const title = place.querySelector("title");
    if (title) title.textContent = nameOf(row) + ", " + groupName(group);
    const mark = place.querySelector(".mark"), leaf = place.querySelector(".leaf");
    if (mark) setMark(mark, group);
    else if (leaf) leaf.setAttribute("fill", colourOf(group));
    else paintWell(place, row, group);
  });
}

function groupName(group) {
  return group >= 0 ? state.names[group] : ASIDE[group];
}

function paintWell(well, row, group) {
  const circle = well.querySelector("circle"), text = well.querySelector("text");
  const mixed = row in DATA.mixtures || group === MIXTURE ? "+" : "";
  const letters = { [NONE]: "?", [AMORPHOUS]: "a", [MIXTURE]: "", [EXCLUDED]: "x" };
  well.setAttribute("class", group >= 0 ? "group" : group === NONE || group === MIXTURE ? "single" : "amorphous");
  text.textContent = (group >= 0 ? group + 1 : letters[group]) + mixed;
  if (group >= 0) {
    circle.setAttribute("fill", colourOf(group));
    text.style.fill = inkOn(colourOf(group));
  } else {
    circle.removeAttribute("fill");
    text.style.fill = "";
  }
}

function paintSelection() {
  const chosen = new Set(shownRows.map(String));
  document.querySelectorAll("[data-row]").forEach((place) => place.classList.toggle("chosen", chosen.has(place.dataset.row)));
}

function onClick(event) {
  const node = event.target.closest("[data-node]");
  if (node) {
    splitAtNode(Number(node.dataset.node));
    return;
  }
  const place = event.target.closest("[data-row]");
  if (place) toggleShown(Number(place.dataset.row));
}

function onEnter(event) {
  if (event.key === "Enter" && event.target.matches("tr[data-row]")) toggleShown(Number(event.target.dataset.row));
}

// Names and probability of the pair under the pointer.
function followMap() {
  const map = document.getElementById("map");
  if (!map) return;
  const out = document.getElementById("pointed");
  const names = JSON.parse(document.getElementById("names").textContent);
  const levels = atob(document.getElementById("levels").textContent.trim());
  const place = (offset, size) => Math.min(names.length - 1, Math.max(0, Math.floor((offset / size) * names.length)));
  map.addEventListener("mousemove", (event) => {
    const box = map.getBoundingClientRect();
    const i = place(event.clientY - box.top, box.height), j = place(event.clientX - box.left, box.width);
    const probability = levels.charCodeAt(i * names.length + j) / 255;
    out.textContent = names[i] + "  —  " + names[j] + ":  probability " + probability.toFixed(2);
  });
}
