// The groups: their patterns, and what a person may do with them.

const MOST_SKETCHED = 40;

const sketched = new Map(); // canvases by group or row, with what they show

function drawGroups() {
  const place = document.getElementById("groups");
  const groups = groupsOf(state);
  const cards = groups.map((group) => groupCard(group, groups));
  for (const kind of [NONE, AMORPHOUS, MIXTURE, EXCLUDED]) {
    const rows = membersOf(state, kind);
    if (rows.length) cards.push(asideCard(kind, rows));
  }
  const open = Array.from(place.querySelectorAll("details[open]"), (details) => details.dataset.group);
  place.replaceChildren(...cards);
  open.forEach((group) => {
    const details = place.querySelector(`details[data-group="${group}"]`);
    if (details) details.open = true;
  });
  drawSketches(false);
}

function canvasFor(key, group, rows, label, low) {
  const typical = group >= 0 ? typicalOf(state, group) : rows[0];
  const seen = evenly(rows.filter((row) => row !== typical && isHeld(row)), MOST_SKETCHED);
  const shows = [group, typical, ...seen].join(" ");
  const known = sketched.get(key);
  if (known && known.shows === shows) return known.canvas;
  const canvas = element("canvas", { class: low ? "sketch low" : "sketch", role: "img", "aria-label": label });
  sketched.set(key, { canvas, shows, draw: () => isHeld(typical) && sketch(canvas, seen, typical, colourOf(group)) });
  return canvas;
}

// Pictures that were drawn already are as they were, unless colours or widths have changed.
function drawSketches(all) {
  for (const [key, known] of sketched) {
    if (!known.canvas.isConnected) sketched.delete(key);
    else if (all || !known.drawn) {
      known.draw();
      known.drawn = true;
    }
  }
}

function evenly(rows, n) {
  if (rows.length <= n) return rows;
  return Array.from({ length: n }, (_, k) => rows[Math.floor((k * rows.length) / n)]);
}

function groupCard(group, groups) {
  const rows = membersOf(state, group);
  const typical = typicalOf(state, group);
  const sure = sureOf(group);
  const found = group < DATA.groups.length ? DATA.groups[group] : { remark: "" };
  const others = groups.filter((other) => other !== group);
  return element(
    "article", { class: "group", "data-group": group },
    element(
      "h3", {}, sign(group), group + 1 + ". ",
      element("input", {
        value: state.names[group], "aria-label": "name of group " + (group + 1), maxlength: 200,
        onchange: (event) => renameGroup(group, event.target.value.trim()),
      }),
      " " + count(rows.length) + " ", element("span", { class: "sure " + sure }, sure),
    ),
    canvasFor("group " + group, group, rows, "patterns of group " + (group + 1), false),
    element("p", { class: "note" }, "Typical pattern, in front: ", patternButton(typical), found.remark ? " " + found.remark : ""),
    element(
      "div", { class: "controls screen-only" },
      button("show all", () => showRows([typical, ...rows.filter((row) => row !== typical)])),
      button("confirm", () => act({ kind: "confirm", group }), { disabled: state.confirmed.has(group) }),
      button("split", () => splitGroup(group), { disabled: rows.length < 2, title: "at the highest point of its tree" }),
      others.length ? choice(
        [["", "merge into"], ...others.map((other) => [other, other + 1 + ". " + state.names[other]])], "",
        (into) => { if (into !== "") act({ kind: "merge", group, into: Number(into) }); },
        { "aria-label": "merge " + state.names[group] + " into" }) : null,
    ),
    memberList(group, rows),
  );
}

function asideCard(kind, rows) {
  const titles = { [NONE]: "In no group, possible new forms", [AMORPHOUS]: "Amorphous", [MIXTURE]: "Mixtures", [EXCLUDED]: "Excluded" };
  const single = kind === NONE ? evenly(rows.filter(isHeld), MOST_SKETCHED) : [];
  return element(
    "article", { class: "group", "data-group": kind },
    element("h3", {}, titles[kind] + ": " + count(rows.length)),
    ...single.flatMap((row) => [
      element("p", { class: "note" }, patternButton(row)),
      canvasFor("row " + row, kind, [row], nameOf(row), true),
    ]),
    single.length ? null : canvasFor("group " + kind, kind, rows, titles[kind], false),
    memberList(kind, rows),
  );
}

// Made when it is opened: pages hold many members.
function memberList(group, rows) {
  const most = 2000;
  const list = element("p", {});
  const fill = () => {
    if (list.childNodes.length) return;
    list.append(...rows.slice(0, most).flatMap((row) => [patternButton(row), " "]));
    if (rows.length > most) list.append(`and ${rows.length - most} more in forms.csv`);
    paintSelection();
  };
  return element(
    "details", { class: "members", "data-group": group, ontoggle: fill }, element("summary", {}, "Members"), list,
  );
}

function patternButton(row) {
  return element("button", { type: "button", class: "pattern", "data-row": row }, fitting(nameOf(row)));
}

function count(n) {
  return n === 1 ? "1 pattern" : n + " patterns";
}

function sureOf(group) {
  if (state.confirmed.has(group)) return "confirmed";
  if (state.touched.has(group) || group >= DATA.groups.length) return "changed";
  return DATA.groups[group].sure;
}

function renameGroup(group, name) {
  if (!name || name === state.names[group]) {
    drawGroups();
    return;
  }
  act({ kind: "rename", group, name });
}

// The members below each branch of the tree, from the leaves up.
function branches() {
  const below = DATA.tree.rows.map((row) => [row]);
  for (const [first, second] of DATA.tree.nodes) below.push([...below[first], ...below[second]]);
  return below;
}

function splitAt(node, group) {
  if (DATA.cut === null) {
    say("The tree shows some of the patterns only: move them, or sort again with another --min-probability.");
    return false;
  }
  const [first, second] = DATA.tree.nodes[node];
  const below = branches();
  const parts = [first, second].map((branch) => below[branch].filter((row) => state.group[row] === group));
  const smaller = parts[0].length < parts[1].length ? parts[0] : parts[1];
  if (!smaller.length) return false;
  act({ kind: "move", rows: smaller, to: NEW });
  say("Split: " + count(smaller.length) + (smaller.length === 1 ? " is" : " are") + " a group now.");
  return true;
}

function splitGroup(group) {
  for (let node = DATA.tree.nodes.length - 1; node >= 0; node -= 1) {
    const below = branches();
    const parts = DATA.tree.nodes[node].slice(0, 2).map((branch) => below[branch].some((row) => state.group[row] === group));
    if (parts[0] && parts[1]) {
      splitAt(node, group);
      return;
    }
  }
  say("The tree holds too few patterns of this group; move patterns one by one.");
}

// A node above the cut joins groups; it splits none.
function splitAtNode(node) {
  const groups = new Set(branches()[DATA.tree.rows.length + node].map((row) => state.group[row]));
  const [group] = groups;
  if (groups.size > 1 || group < 0) say("This point joins several groups; a point below the cut splits one.");
  else splitAt(node, group);
}
