// What is saved: the rows of corrections.csv, which sort again to what the page shows.

const COLUMNS = ["file", "relation", "other", "who", "when"];
const AS_SORTED = { who: "as sorted", when: "" };
const RELATION = { [AMORPHOUS]: "amorphous", [MIXTURE]: "mixture", [EXCLUDED]: "exclude" };

function inOneGroup(first, second) {
  return state.group[first] >= 0 && state.group[first] === state.group[second];
}

function isAside(row) {
  return state.group[row] < NONE;
}

// A pair has the relation that it has in the end: what was changed later contradicts nothing.
function relationOf(first, second) {
  return inOneGroup(first, second) ? "same" : "different";
}

function correctionRows() {
  const rows = new Map();
  const add = (row, relation, other, action, text) => {
    const line = [row in DATA.files ? DATA.files[row] : row, relation, text, action.who || "", action.when || ""];
    // a tie stands beside what a person said of the same two
    rows.set([row, relation, other, action === AS_SORTED].join(" "), line);
  };
  for (const correction of DATA.earlier) addEarlier(add, ...correction);
  for (const [row, action] of state.aside) {
    const relation = RELATION[state.group[row]];
    if (relation) add(row, relation, "", action, relation === "mixture" ? DATA.mixtures[row] || "" : "");
  }
  for (const [first, other, group, action] of state.pairs) {
    const second = isAside(other) && group >= 0 ? typicalOf(state, group) : other;
    if (second < 0 || second === first || isAside(first) || isAside(second)) continue;
    add(first, relationOf(first, second), second, action, DATA.files[second]);
  }
  if (actions.length || DATA.earlier.length) addGroups(add);
  return Array.from(rows.values());
}

// Sorting again finds the groups that are shown here.
function addGroups(add) {
  const groups = groupsOf(state);
  groups.forEach((group) => addGroup(add, group));
  const [single, larger] = [[], []];
  groups.forEach((group) => (membersOf(state, group).length > 1 ? larger : single).push(group));
  // a group of one is none to sorting, and would join another
  const alone = new Map(state.alone);
  single.filter((group) => state.touched.has(group)).forEach((group) => alone.set(typicalOf(state, group), state.touched.get(group)));
  const others = larger.map(hubOf);
  for (const [row, action] of alone) {
    others.forEach((other) => add(row, "different", other, action, DATA.files[other]));
    others.push(row);
  }
}

// All members are tied to one of them. That says nothing about pairs, so nobody has said it.
function addGroup(add, group) {
  const confirmed = state.confirmed.get(group);
  const hub = hubOf(group);
  for (const row of membersOf(state, group)) {
    if (followsOriginal(row)) continue;
    if (confirmed) add(row, "confirmed", "", confirmed, state.names[group]);
    else if (row !== hub) add(row, "same", hub, AS_SORTED, DATA.files[hub]);
  }
  const renamed = state.renamed.get(group);
  if (renamed && !confirmed) add(typicalOf(state, group), "form", "", renamed, state.names[group]);
}

const askedRows = new Set(DATA.questions.flatMap((question) => [question.row, question.other]));

// A member that nothing is asked about: a tie to it is no answer.
function hubOf(group) {
  const typical = typicalOf(state, group);
  const free = membersOf(state, group).filter(
    (row) => row !== typical && !askedRows.has(row) && !followsOriginal(row));
  return free.reduce((best, row) => (DATA.probabilities[row] > DATA.probabilities[best] ? row : best), free[0] ?? typical);
}

// A copy that is named would count as another measurement.
function followsOriginal(row) {
  return row in DATA.copies && inOneGroup(row, DATA.copies[row]);
}

function addEarlier(add, row, relation, other, who, when) {
  const action = { who: who || "earlier", when };
  if (relation === "same" || relation === "different") {
    if (isAside(row) || isAside(other)) return;
    add(row, relationOf(row, other), other, action, DATA.files[other]);
  } else if (relation === "form" || relation === "confirmed") {
    const group = state.group[row];
    if (group < 0 || state.renamed.has(group) || state.confirmed.has(group)) return;
    if (group < DATA.groups.length && group === DATA.labels[row]) add(row, relation, "", action, other);
  } else if (relation === "exclude") {
    add(row, relation, "", action, other);
  } else if (!state.aside.has(row) && state.group[row] === DATA.labels[row]) {
    add(row, relation, "", action, other);
  }
}

// As the library writes tables: what a spreadsheet would take for a formula or cut at its ends gets
// an apostrophe, and halves of characters, which no file can hold, are written out.
function cellText(value) {
  const core = value.replace(/^'+/, "");
  const escaped = /^[=+\-@\s\uFF1D\uFF0B\uFF0D\uFF20\uFEFF]|\s$/.test(core) ? "'" + value : value;
  const text = escaped
    .replace(/(\\+)(u[dD][89a-fA-F][0-9a-fA-F]{2})/g, "$1$1$2")
    .replace(/(\\*)([\ud800-\udfff])/gu, (_, slashes, half) =>
      slashes + slashes + "\\u" + half.charCodeAt(0).toString(16));
  return /[,"\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function correctionsText() {
  return [COLUMNS, ...correctionRows()].map((line) => line.map(cellText).join(",") + "\n").join("");
}

let savedActions = 0;

function saveCorrections() {
  const address = URL.createObjectURL(new Blob([correctionsText()], { type: "text/csv" }));
  element("a", { href: address, download: "corrections.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  savedActions = actions.length;
  return correctionRows().length;
}
