// What ties the parts together.

function say(text) {
  document.getElementById("said").textContent = text;
}

function drawBar() {
  const unsaved = actions.length !== savedActions;
  document.getElementById("bar-state").textContent =
    `${shownRows.length} in the viewer · ${state.answers.size} of ${DATA.questions.length} questions answered` +
    (actions.length ? unsaved ? " · not saved" : " · saved" : "");
  document.getElementById("bar-undo").disabled = !actions.length;
}

function buildBar() {
  const to = (text, id) => button(text, () => document.getElementById(id).scrollIntoView());
  document.getElementById("bar").replaceChildren(
    element("span", { id: "bar-state" }), element("span", { id: "said" }), element("span", { class: "gap" }),
    ...(DATA.questions.length ? [to("questions", "questions")] : []), to("viewer", "viewer-heading"),
    button("undo", undoAndShow, { id: "bar-undo" }), to("save", "saving"),
  );
}

// The answer in words as the page stands now, where a person changed something.
function drawChanges() {
  const moved = state.group.filter((group, row) => group !== DATA.labels[row]).length;
  const place = document.getElementById("changes");
  place.hidden = !actions.length;
  const groups = groupsOf(state).map((group) => `${state.names[group]} (${membersOf(state, group).length}, ${sureOf(group)})`);
  const aside = [NONE, AMORPHOUS, MIXTURE, EXCLUDED].flatMap((kind) => {
    const n = membersOf(state, kind).length;
    return n ? [n + " " + (kind === NONE ? "in no group" : ASIDE[kind])] : [];
  });
  const first = groups.length > 12 ? [...groups.slice(0, 11), groups.length - 11 + " more groups"] : groups;
  place.textContent = `With your answers: ${[...first, ...aside].join(", ")}. ${count(moved)} moved.`;
}

function drawCorrections() {
  const rows = correctionRows(), most = 200;
  const place = document.getElementById("corrections");
  const open = place.querySelector("details[open]") !== null;
  const fill = (event) => {
    if (event.target.querySelector("table")) return;
    event.target.append(
      element("div", { class: "table" }, element(
        "table", {},
        element("thead", {}, element("tr", {}, ...COLUMNS.map((name) => element("th", {}, name)))),
        element("tbody", {}, ...rows.slice(0, most).map((row) =>
          element("tr", {}, ...row.map((cell) => element("td", {}, fitting(visibleText(cell))))))),
      )),
      rows.length > most ? `and ${rows.length - most} more rows` : "",
    );
  };
  place.replaceChildren(element(
    "details", { ontoggle: fill, open },
    element("summary", {}, `What the file holds: ${rows.length} ${rows.length === 1 ? "row" : "rows"}`),
  ));
}

function visibleText(name) {
  const row = DATA.files.indexOf(name);
  return row >= 0 ? nameOf(row) : name;
}

// Where the keyboard was, found again after elements were replaced.
function keepFocus(draw) {
  const labelOf = (each) => each.getAttribute("aria-label") || each.textContent;
  const before = document.activeElement;
  const home = before.closest("#groups [data-group], #question, #viewer, #bar");
  const label = home && labelOf(before);
  draw();
  if (!home || before.isConnected) return;
  const again = home.id ? home : document.querySelector(`#groups [data-group="${home.dataset.group}"]`);
  const same = again && Array.from(again.querySelectorAll(before.tagName)).find((each) => labelOf(each) === label);
  const found = same || (again && again.querySelector("button:enabled"));
  if (found) found.focus({ preventScroll: true });
}

function redraw() {
  drawQuestion();
  drawGroups();
  paint();
  paintSelection();
  updateViewer();
  showCut();
  drawChanges();
  drawCorrections();
  drawBar();
}

function drawPictures() {
  drawSketches(true);
  drawViewer();
  drawQuestion();
}

function forPrint(on) {
  printing = on;
  if (on) document.querySelectorAll("details:not(.members)").forEach((details) => (details.open = true));
  drawPictures();
}

function start() {
  restore();
  const name = document.getElementById("who");
  try {
    name.value = localStorage.getItem("xrpdsim who") || "";
  } catch (error) {
    console.info("names are not kept in this browser: " + error.message);
  }
  name.addEventListener("change", () => {
    try {
      localStorage.setItem("xrpdsim who", name.value);
    } catch (error) {
      console.info("names are not kept in this browser: " + error.message);
    }
  });
  buildBar();
  buildViewer();
  followMap();
  buildCut();
  listeners.push(() => keepFocus(redraw));
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("keydown", onEnter);
  document.getElementById("save").addEventListener("click", () => {
    const n = saveCorrections();
    document.getElementById("saved").textContent = `Saved ${n} ${n === 1 ? "row" : "rows"}.`;
    drawBar();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawPictures);
  let resized = 0;
  addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(drawPictures, 150);
  });
  addEventListener("beforeprint", () => forPrint(true));
  addEventListener("afterprint", () => forPrint(false));
  addEventListener("beforeunload", (event) => {
    if (actions.length !== savedActions) event.preventDefault();
  });
  if (DATA.questions.length) asked = nextOpen(DATA.questions.length - 1);
  redraw();
}

start();
