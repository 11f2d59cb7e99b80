// The cut of the tree, which can be moved: the groups follow.

const FEWEST = 3; // as in sorting, single patterns and pairs make no group of their own

// The leaves that are together below a cut, by the place of each leaf.
function clustersAt(probability) {
  const below = DATA.tree.rows.map((row) => [row]);
  const whole = new Set(below.keys());
  DATA.tree.nodes.forEach(([first, second, distance]) => {
    const node = below.push([...below[first], ...below[second]]) - 1;
    // branches that did not come together below stay apart above, whatever their distance
    if (1 - distance < probability || !whole.has(first) || !whole.has(second)) return;
    whole.delete(first);
    whole.delete(second);
    whole.add(node);
  });
  return Array.from(whole, (node) => below[node]);
}

// What differs between two cuts is moved; what a person changed meanwhile stays.
function recut(now, action) {
  const before = clustersAt(action.from), after = clustersAt(action.to);
  const of = (clusters) => new Map(clusters.flatMap((rows, k) => rows.map((row) => [row, k])));
  const was = of(before), is = of(after);
  now.cut = action.to;
  for (const rows of before) {
    const parts = after.filter((part) => part.some((row) => was.get(row) === was.get(rows[0])));
    if (parts.length < 2) continue;
    const [, ...others] = parts.sort((a, b) => b.length - a.length);
    others.filter((part) => part.length >= FEWEST).forEach((part) => {
      const home = mostCommonGroup(now, rows);
      move(now, part.filter((row) => now.group[row] === home), NEW, action);
    });
  }
  for (const rows of after) {
    const groups = new Set(before.filter((part) => is.get(part[0]) === is.get(rows[0])).map((part) => mostCommonGroup(now, part)));
    const [first, ...others] = Array.from(groups).filter((group) => group >= 0);
    others.forEach((group) => move(now, membersOf(now, group), first, action));
  }
}

function mostCommonGroup(now, rows) {
  const counts = new Map();
  rows.forEach((row) => counts.set(now.group[row], (counts.get(now.group[row]) || 0) + 1));
  return Array.from(counts).sort((a, b) => b[1] - a[1])[0][0];
}

function drawCut(probability) {
  const line = document.querySelector("path.cut");
  const [, , width, height] = line.ownerSVGElement.getAttribute("viewBox").split(" ").map(Number);
  line.setAttribute("d", `M0 ${(height - (1 - probability) * (height - 5)).toFixed(1)}h${width}`);
  document.getElementById("cut-value").textContent = probability.toFixed(2);
}

function buildCut() {
  const place = document.getElementById("cut");
  if (!place || DATA.cut === null) return;
  const slider = element("input", {
    type: "range", min: 0.02, max: 0.98, step: 0.02, value: DATA.cut, id: "cut-slider",
    oninput: (event) => drawCut(Number(event.target.value)),
    onchange: (event) => act({ kind: "cut", from: state.cut, to: Number(event.target.value) }),
  });
  place.append(element("label", {}, "Cut at a mean probability of ", slider, " ", element("output", { id: "cut-value" })));
  showCut();
}

function showCut() {
  const slider = document.getElementById("cut-slider");
  if (!slider) return;
  slider.value = state.cut;
  drawCut(state.cut);
}
