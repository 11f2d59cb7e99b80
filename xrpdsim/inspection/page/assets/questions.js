// The questions, one at a time, answered by button or key.

const ANSWERS = [
  ["same", "s"], ["different", "d"], ["mixture", "m"], ["amorphous", "a"], ["exclude", "x"], ["skip", "k"],
];
let asked = 0;
let askedPlot = null;

function answerQuestion(answer) {
  if (!DATA.questions.length) return;
  const question = asked;
  asked = nextOpen(question);
  act({ kind: "answer", question, answer });
}

// The next question without an answer; the same where all have one.
function nextOpen(from) {
  for (let step = 1; step < DATA.questions.length; step += 1) {
    const next = (from + step) % DATA.questions.length;
    if (!state.answers.has(next)) return next;
  }
  return from;
}

function goTo(number) {
  const n = DATA.questions.length;
  if (!n) return;
  asked = (number + n) % n;
  drawQuestion();
}

function undoAndShow() {
  const undone = undo();
  if (undone && undone.kind === "answer") goTo(undone.question);
  say(undone ? "Undone." : "There is nothing to undo.");
}

// What the answers would change, in words.
function effects(question) {
  const n = question.rows.length;
  const which = n === 1 ? "this pattern" : "these " + n + " patterns";
  if (question.other < 0) {
    const otherwise = state.group[question.row] >= 0 ? "the group is a form of its own" : "nothing moves";
    return "Same: " + which + (n === 1 ? " is " : " are ") + question.form + ". Different: " + otherwise + ".";
  }
  const together = inOneGroup(question.row, question.other);
  const group = state.group[question.other];
  const name = group >= 0 ? state.names[group] : "the other";
  return together
    ? "Same: nothing moves. Different: " + which + (n === 1 ? " leaves " : " leave ") + name + "."
    : "Same: " + which + (n === 1 ? " joins " : " join ") + name + ". Different: nothing moves.";
}

function drawQuestion() {
  const place = document.getElementById("question");
  if (!place) return;
  const question = DATA.questions[asked];
  const answer = state.answers.get(asked);
  const n = DATA.questions.length, n_answered = state.answers.size;
  const plotted = element("div", { class: "plot" });
  if (askedPlot) askedPlot.destroy();
  place.replaceChildren(
    element("p", { class: "count note" }, `Question ${asked + 1} of ${n}; ${n_answered} answered.`),
    element("h3", {}, sentence(question.text)),
    element("p", {}, sentence(question.reason + " "), badgesOf(question.row)),
    element("p", { class: "note" }, sentence(effects(question))),
    element(
      "div", { class: "controls" },
      ...ANSWERS.map(([name, key]) => button(name, () => answerQuestion(name), {
        class: answer === name ? "chosen" : "", "aria-pressed": String(answer === name), title: "key " + key,
      })),
      button("undo", undoAndShow, { title: "key u" }),
      element("span", { class: "gap" }),
      button("previous", () => goTo(asked - 1), { title: "key p" }),
      button("next", () => goTo(asked + 1), { title: "key n" }),
      button("show in viewer", () => showQuestion(question)),
    ),
    plotted,
  );
  askedPlot = plot(plotted, questionPatterns(question), { stacked: true, root: false, background: true, marks: "different" }, 420);
}

function showQuestion(question) {
  shownReferences.clear();
  if (question.reference >= 0) shownReferences.add(question.reference);
  showRows([question.row, question.other].filter((row) => row >= 0));
  document.getElementById("viewer-heading").scrollIntoView();
}

// The pattern, what it is compared with, the nearest reference, and the difference of the first two.
function questionPatterns(question) {
  const coloured = (row, other) => ({ ...patternOf(row), colour: colourOf(state.group[row]), label: (other ? "typical: " : "") + nameOf(row) });
  const patterns = [coloured(question.row, false)];
  if (question.other >= 0) patterns.push(coloured(question.other, true));
  if (question.reference >= 0) {
    patterns.push({ ...referenceOf(question.reference), colour: inkColour(), label: "nearest reference: " + DATA.references[question.reference].file });
  }
  if (question.other >= 0 && state.group[question.row] === state.group[question.other]) {
    patterns[0].colour = DATA.colours[(Math.max(0, state.group[question.row]) + 1) % DATA.colours.length];
  }
  if (patterns.length > 1) {
    const plain = { background: false, root: false };
    const found = difference(prepared(patterns[0].values, plain), prepared(patterns[1].values, plain));
    const moved = (found.moved < 0 ? "−" : "+") + Math.abs(found.moved).toFixed(2);
    patterns.push({
      label: "difference of the first two, the second moved by " + moved + "°",
      values: found.values.map((v) => (v === null ? null : Math.max(-0.8, Math.min(1, v)))),
      lines: null, colour: inkColour(), ready: true,
    });
  }
  return patterns;
}

const KEYS = new Map([
  ...ANSWERS.map(([name, key]) => [key, () => answerQuestion(name)]),
  ["u", undoAndShow],
  ["n", () => goTo(asked + 1)],
  ["p", () => goTo(asked - 1)],
]);

function onKey(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
  const todo = KEYS.get(event.key.toLowerCase());
  if (!todo) return;
  event.preventDefault();
  todo();
}
