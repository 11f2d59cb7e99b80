// What a person did, in order; the state of the page follows from it alone, so that undo is simple.

const NEW = "new";
const actions = [];
const listeners = [];
let state = replay();

function act(action) {
  const before = state;
  actions.push({ ...action, who: who(), when: new Date().toISOString().slice(0, 19) + "Z" });
  state = replay();
  changed(before);
}

function undo() {
  if (!actions.length) return null;
  const before = state;
  const undone = actions.pop();
  state = replay();
  changed(before);
  return undone;
}

function changed(before) {
  keep();
  listeners.forEach((listener) => listener(before));
}

function replay() {
  const now = {
    group: DATA.labels.slice(),
    names: DATA.groups.map((group) => group.name),
    typical: DATA.groups.map((group) => group.typical),
    touched: new Map(), // groups whose members changed, and the last action that changed them
    renamed: new Map(),
    confirmed: new Map(),
    aside: new Map(), // patterns that are set aside: amorphous ones, mixtures, excluded ones
    alone: new Map(), // patterns that a person took out of all groups
    // [row, other, group, action]: row and other, or who stands for its group if other was set aside;
    // their relation is the one they have in the end
    pairs: [],
    answers: new Map(),
    cut: DATA.cut,
  };
  for (const action of actions) DO[action.kind](now, action);
  return now;
}

function membersOf(now, group) {
  const rows = [];
  now.group.forEach((other, row) => {
    if (other === group) rows.push(row);
  });
  return rows;
}

// The pattern that stands for a group: its typical pattern or, if that was moved, the best member.
function typicalOf(now, group) {
  if (now.group[now.typical[group]] === group) return now.typical[group];
  let best = -1;
  now.group.forEach((other, row) => {
    if (other === group && (best < 0 || DATA.probabilities[row] > DATA.probabilities[best])) best = row;
  });
  return best;
}

function groupsOf(now) {
  const sizes = now.names.map(() => 0);
  now.group.forEach((group) => {
    if (group >= 0) sizes[group] += 1;
  });
  return sizes.flatMap((size, group) => (size ? [group] : []));
}

function unusedName(now) {
  let number = now.names.length + 1;
  while (now.names.includes("group " + number)) number += 1;
  return "group " + number;
}

function move(now, rows, target, action) {
  const moving = rows.filter((row) => now.group[row] !== target);
  if (!moving.length) return target;
  const sources = new Set(moving.map((row) => now.group[row]));
  let group = target;
  if (target === NEW) {
    group = now.names.length;
    now.names.push(unusedName(now));
    now.typical.push(moving[0]);
  }
  const standing = target >= 0 ? typicalOf(now, target) : moving[0];
  moving.forEach((row) => {
    now.group[row] = group;
    now.aside.delete(row);
    now.alone.delete(row);
    if (group < NONE) now.aside.set(row, action);
    else if (group === NONE) now.alone.set(row, action);
    else if (row !== standing) now.pairs.push([row, standing, group, action]);
  });
  if (group >= 0) now.touched.set(group, action);
  for (const source of sources) {
    const typical = source >= 0 ? typicalOf(now, source) : -1;
    if (typical < 0 || group < NONE) continue;
    now.touched.set(source, action);
    now.pairs.push([moving[0], typical, source, action]);
  }
  return group;
}

function rename(now, group, name, action) {
  const namesake = groupsOf(now).find((other) => other !== group && now.names[other] === name);
  if (namesake !== undefined) {
    move(now, membersOf(now, group), namesake, action);
    return;
  }
  now.names[group] = name;
  now.renamed.set(group, action);
}

function together(now, question, action) {
  if (question.other < 0) {
    const home = now.group[question.row];
    const members = home >= 0 ? membersOf(now, home) : [];
    const whole = home >= 0 && members.every((row) => question.rows.includes(row));
    rename(now, whole ? home : move(now, question.rows, NEW, action), question.form, action);
    return;
  }
  const home = now.group[question.other];
  if (home < 0) {
    move(now, [question.other, ...question.rows], NEW, action);
    return;
  }
  const staying = question.rows.filter((row) => now.group[row] === home);
  staying.forEach((row) => now.pairs.push([row, question.other, home, action]));
  move(now, question.rows, home, action);
}

function apart(now, question, action) {
  const home = now.group[question.row];
  if (question.other < 0) {
    if (home >= 0) now.confirmed.set(home, action);
    return;
  }
  if (home >= 0 && home === now.group[question.other]) {
    move(now, question.rows, question.rows.length > 1 ? NEW : NONE, action);
  } else {
    now.pairs.push([question.row, question.other, now.group[question.other], action]);
  }
}

const SET_ASIDE = { mixture: MIXTURE, amorphous: AMORPHOUS, exclude: EXCLUDED };

const DO = {
  answer(now, action) {
    const question = DATA.questions[action.question];
    now.answers.set(action.question, action.answer);
    if (action.answer === "same") together(now, question, action);
    else if (action.answer === "different") apart(now, question, action);
    else if (action.answer in SET_ASIDE) setAside(now, [question.row], SET_ASIDE[action.answer], action);
  },
  rename: (now, action) => rename(now, action.group, action.name, action),
  move(now, action) {
    if (action.to === NEW || action.to >= NONE) move(now, action.rows, action.to, action);
    else setAside(now, action.rows, action.to, action);
  },
  merge: (now, action) => move(now, membersOf(now, action.group), action.into, action),
  cut: (now, action) => recut(now, action),
  confirm: (now, action) => now.confirmed.set(action.group, action),
};

// What is amorphous already is said to be so, too.
function setAside(now, rows, kind, action) {
  move(now, rows, kind, action);
  rows.forEach((row) => now.aside.set(row, action));
}

// Answers stay in this browser until they are saved, where it allows that.
function keep() {
  if (!DATA.run) return;
  try {
    localStorage.setItem("xrpdsim " + DATA.run, JSON.stringify(actions));
  } catch (error) {
    console.info("answers are not kept in this browser: " + error.message);
  }
}

function restore() {
  if (!DATA.run) return;
  try {
    const kept = JSON.parse(localStorage.getItem("xrpdsim " + DATA.run) || "[]");
    actions.push(...kept);
    state = replay();
  } catch (error) {
    actions.length = 0;
    state = replay();
    console.info("no answers were kept in this browser: " + error.message);
  }
}

function who() {
  return document.getElementById("who").value.trim();
}
