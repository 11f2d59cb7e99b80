// The viewer: the patterns that were clicked, at full resolution.

const MOST_SHOWN = 24;
const shownRows = [];
const shownReferences = new Set();
const how = { stacked: true, root: false, background: true, marks: "different", sticks: false };
let viewed = null;
let drawn = ""; // the colours of the patterns in the plot

function toggleShown(row) {
  if (!isHeld(row)) {
    say(nameOf(row) + " is not held by this page: xrpdsim sort --show makes a page of it.");
    return;
  }
  const place = shownRows.indexOf(row);
  if (place >= 0) shownRows.splice(place, 1);
  else shownRows.push(row);
  while (shownRows.length > MOST_SHOWN) shownRows.shift();
  paintSelection();
  drawViewer();
}

function showRows(rows) {
  shownRows.splice(0, shownRows.length, ...rows.filter(isHeld).slice(0, MOST_SHOWN));
  paintSelection();
  drawViewer();
}

// Colours of groups tell patterns apart only if each is of another group.
function viewerColours() {
  const groups = shownRows.map((row) => state.group[row]);
  const apart = new Set(groups).size === groups.length && !groups.some((group) => group < 0);
  return shownRows.map((_, k) => (apart ? colourOf(groups[k]) : DATA.colours[k % DATA.colours.length]));
}

function viewerPatterns() {
  const colours = viewerColours();
  return [
    ...shownRows.map((row, k) => ({ ...patternOf(row), colour: colours[k] })),
    ...Array.from(shownReferences, (number) => ({ ...referenceOf(number), colour: inkColour(), dash: [5, 3] })),
  ];
}

function drawViewer() {
  const place = document.getElementById("viewer-plot");
  const patterns = viewerPatterns();
  // a plot that was made just now has no range yet
  const range = viewed && Number.isFinite(viewed.scales.x.min) ? [viewed.scales.x.min, viewed.scales.x.max] : null;
  if (viewed) viewed.destroy();
  viewed = null;
  drawn = viewerColours().join();
  document.getElementById("viewer-list").replaceChildren(...viewerEntries());
  if (!patterns.length) {
    place.replaceChildren(element("p", { class: "empty" }, "No pattern is shown. Click one in a table, on a plate, in the tree or on a map."));
  } else {
    const height = how.stacked ? Math.min(760, Math.max(220, 90 + 90 * patterns.length)) : 360;
    viewed = plot(place, patterns, how, height, range);
  }
  drawBar();
}

// After a change of groups: names in the list, and the plot where its colours changed.
function updateViewer() {
  if (drawn !== viewerColours().join()) drawViewer();
  else document.getElementById("viewer-list").replaceChildren(...viewerEntries());
  fillChoice(document.getElementById("move-all"), [["", "move all shown to"], ...groupOptions()], "");
}

function viewerEntries() {
  const colours = viewerColours();
  const patterns = shownRows.map((row, k) => {
    const key = element("span", { class: "key" });
    key.style.background = colours[k];
    return element(
      "li", {}, key, fitting(nameOf(row)), badgesOf(row),
      element("label", {}, "in ", groupChoice(row)),
      button("remove", () => toggleShown(row), { "aria-label": "remove " + nameOf(row) }),
    );
  });
  const references = Array.from(shownReferences, (number) =>
    element(
      "li", {}, element("span", { class: "key dashed" }), fitting(DATA.references[number].file),
      element("span", { class: "badge" }, DATA.references[number].form),
      DATA.references[number].remark ? element("span", { class: "note" }, DATA.references[number].remark) : null,
      button("remove", () => toggleReference(number)),
    ));
  return [...patterns, ...references];
}

function badgesOf(row) {
  return element(
    "span", {},
    ...(DATA.badges[row] || []).map((badge) => element("span", { class: "badge" }, BADGES[badge] || badge)),
  );
}

const BADGES = { weak: "few counts", cut: "part of the range", saturated: "saturated" };

// A list of groups from which a pattern, or several, can be moved.
function groupOptions() {
  return [
    ...groupsOf(state).map((group) => [group, group + 1 + ". " + state.names[group]]),
    [NEW, "a new group"],
    ...[NONE, AMORPHOUS, MIXTURE, EXCLUDED].map((kind) => [kind, ASIDE[kind]]),
  ];
}

function groupChoice(row) {
  return choice(
    groupOptions(), state.group[row],
    (to) => act({ kind: "move", rows: [row], to: to === NEW ? NEW : Number(to) }),
    { "aria-label": "group of " + nameOf(row) },
  );
}

function toggleReference(number) {
  if (!shownReferences.delete(number)) shownReferences.add(number);
  drawViewer();
}

function buildViewer() {
  const option = (text, name) =>
    element("label", {}, element("input", {
      type: "checkbox", checked: how[name],
      onchange: (event) => { how[name] = event.target.checked; drawViewer(); },
    }), " " + text);
  const zoom = (by) => () => {
    if (!viewed) return;
    const { min, max } = viewed.scales.x;
    const middle = (min + max) / 2, half = ((max - min) / 2) * by;
    viewed.setScale("x", {
      min: Math.max(TWO_THETA[0], middle - half), max: Math.min(TWO_THETA[TWO_THETA.length - 1], middle + half),
    });
  };
  const pan = (by) => () => {
    if (!viewed) return;
    const { min, max } = viewed.scales.x;
    const first = TWO_THETA[0], last = TWO_THETA[TWO_THETA.length - 1];
    const step = Math.min(Math.max(by * (max - min), first - min), last - max);
    viewed.setScale("x", { min: min + step, max: max + step });
  };
  const references = DATA.references.map((reference, number) => [number, reference.file + " (" + reference.form + ")"]);
  document.getElementById("viewer").replaceChildren(
    element(
      "div", { class: "controls screen-only" },
      option("stacked", "stacked"), option("square root", "root"), option("background", "background"),
      references.length ? option("sticks of references", "sticks") : null,
      element("label", {}, "mark lines ", choice(
        [["different", "of one pattern only"], ["all", "all"], ["none", "none"]], how.marks,
        (which) => { how.marks = which; drawViewer(); })),
      references.length ? choice(
        [["", "add a reference"], ...references], "",
        (number) => { if (number !== "") toggleReference(Number(number)); },
        { "aria-label": "add a reference" }) : null,
      button("zoom in", zoom(0.5)), button("zoom out", zoom(2)),
      button("◀", pan(-0.5), { "aria-label": "to lower angles" }),
      button("▶", pan(0.5), { "aria-label": "to higher angles" }),
      button("whole range", zoom(1e6)),
      button("typical patterns", () => showRows(groupsOf(state).map((group) => typicalOf(state, group)))),
      choice(
        [["", "move all shown to"], ...groupOptions()], "",
        (to) => { if (to !== "" && shownRows.length) act({ kind: "move", rows: [...shownRows], to: to === NEW ? NEW : Number(to) }); },
        { id: "move-all", "aria-label": "move all shown to" }),
      button("clear", () => { shownReferences.clear(); showRows([]); }),
    ),
    element("div", { id: "viewer-plot" }),
    element("ul", { id: "viewer-list" }),
  );
  drawViewer();
}
