// Patterns as curves: whole plots by uPlot, and small pictures of groups.

const GAP = 1.25; // between stacked patterns, in heights of a pattern
const TOLERANCE = 20; // hundredths of a degree within which two lines are the same
const LEAST_MARKED = 5; // per cent: weaker lines are not marked

function degrees(two_theta) {
  const radians = (two_theta / 2 / 180) * Math.PI;
  const q = (4 * Math.PI * Math.sin(radians)) / DATA.wavelength;
  return (
    "2θ " + two_theta.toFixed(2) + "°   d " + ((2 * Math.PI) / q).toFixed(3) + " Å   q " +
    q.toFixed(3) + " Å⁻¹"
  );
}

const flattened = new WeakMap();

function withoutBackground(values) {
  if (!flattened.has(values)) flattened.set(values, lessEnvelope(values));
  return flattened.get(values);
}

// The lower envelope: the lowest value within a degree, then the highest of these, then averaged.
function lessEnvelope(values) {
  const half = Math.max(1, Math.round(1 / (TWO_THETA[1] - TWO_THETA[0])));
  const known = values.map((v) => (v === null ? Infinity : v));
  const lowest = windowed(known, half, Math.min);
  const opened = windowed(lowest.map((v) => (v === Infinity ? -Infinity : v)), half, Math.max);
  const sums = [0];
  opened.forEach((v) => sums.push(sums[sums.length - 1] + (Number.isFinite(v) ? v : 0)));
  return values.map((v, k) => {
    if (v === null) return null;
    const from = Math.max(0, k - half), to = Math.min(values.length, k + half + 1);
    return Math.max(0, v - Math.min(v, (sums[to] - sums[from]) / (to - from)));
  });
}

function windowed(values, half, pick) {
  return values.map((_, k) => {
    let best = values[k];
    const to = Math.min(values.length - 1, k + half);
    for (let j = Math.max(0, k - half); j <= to; j += 1) best = pick(best, values[j]);
    return best;
  });
}

function prepared(values, how) {
  const flat = how.background ? values : withoutBackground(values);
  const scaled = how.root ? flat.map((v) => (v === null ? null : Math.sqrt(Math.max(0, v)))) : flat;
  const top = scaled.reduce((most, v) => Math.max(most, v === null ? 0 : v), 0) || 1;
  return scaled.map((v) => (v === null ? null : v / top));
}

// The first curve less the second, which is moved to where both fit best, within 0.2 degrees.
function difference(first, second) {
  const reach = Math.round(0.2 / (TWO_THETA[1] - TWO_THETA[0]));
  let best = -1, shift = 0;
  for (let k = -reach; k <= reach; k += 1) {
    let sum = 0;
    first.forEach((v, j) => (sum += (v || 0) * (second[j + k] || 0)));
    if (sum > best) [best, shift] = [sum, k];
  }
  const values = first.map((v, j) => {
    const other = second[j + shift];
    return v === null || other === null || other === undefined ? null : v - other;
  });
  return { values, moved: -shift * (TWO_THETA[1] - TWO_THETA[0]) };
}

// The lines of each pattern that no other pattern here has; all lines if that is asked for.
function markedLines(patterns, which) {
  return patterns.map((pattern, k) => {
    const lines = pattern.lines || [[], []];
    return lines[0].filter((angle, j) => {
      if (lines[1][j] < LEAST_MARKED || which === "none") return false;
      if (which === "all") return true;
      const others = patterns.filter((other, i) => i !== k && other.lines && other.lines[0].length);
      return others.length > 0 && others.every((other) => !hasLine(other, angle));
    });
  });
}

// What was not measured there cannot tell.
function hasLine(pattern, angle) {
  if (pattern.lines[0].some((other) => Math.abs(other - angle) <= TOLERANCE)) return true;
  const place = Math.round((angle / 100 - TWO_THETA[0]) / (TWO_THETA[1] - TWO_THETA[0]));
  return pattern.values[place] === null || pattern.values[place] === undefined;
}

// patterns: [{label, values, lines, colour, lane}]; how: {stacked, root, background, marks}
function plot(place, patterns, how, height, range) {
  const curves = patterns.map((pattern) => (pattern.ready ? pattern.values : prepared(pattern.values, how)));
  const n = patterns.length;
  const floor = (k) => (how.stacked ? (n - 1 - k) * GAP : 0);
  const data = [TWO_THETA, ...curves.map((curve, k) => curve.map((v) => (v === null ? null : v + floor(k))))];
  const top = how.stacked ? Math.max(1, n) * GAP : GAP;
  const lowest = patterns.some((pattern) => pattern.ready) ? -0.8 : -0.06;
  const marks = markedLines(patterns, how.marks);
  const readout = element("p", { class: "readout note" }, "Point at the plot for 2θ, d and q.");
  place.replaceChildren(readout);
  const options = {
    width: Math.max(280, place.clientWidth),
    height,
    padding: [8, 12, 0, 12],
    legend: { show: false },
    scales: { x: { time: false }, y: { range: [lowest, top] } },
    cursor: { drag: { x: true, y: false }, y: false, points: { show: false } },
    axes: [
      {
        stroke: inkColour(), label: "2θ / degrees (Cu Kα1)", labelSize: 22, size: 34,
        grid: { stroke: quietColour(), width: 0.5 }, ticks: { stroke: quietColour() },
      },
      { show: false },
    ],
    series: [
      {},
      ...patterns.map((pattern) => ({
        stroke: pattern.colour, width: 1.2, points: { show: false }, dash: pattern.dash, spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [(u) => {
        if (u.cursor.left >= 0) readout.textContent = degrees(u.posToVal(u.cursor.left, "x"));
      }],
      draw: [(u) => {
        patterns.forEach((pattern, k) => how.sticks && pattern.reference && drawSticks(u, pattern, floor(k)));
        patterns.forEach((pattern, k) => drawLabel(u, pattern, floor(k), how));
        patterns.forEach((pattern, k) => drawMarks(u, marks[k], pattern, curves[k], floor(k)));
      }],
    },
  };
  const made = new uPlot(options, data, place);
  if (range) made.setScale("x", { min: range[0], max: range[1] });
  return made;
}

function drawLabel(u, pattern, floor, how) {
  if (!how.stacked) return;
  const ratio = devicePixelRatio || 1;
  const { ctx } = u;
  ctx.save();
  ctx.font = 12 * ratio + "px system-ui, sans-serif";
  ctx.textAlign = "right";
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = pattern.colour;
  const most = 70;
  const text = pattern.label.length > most ? pattern.label.slice(0, most - 13) + "…" + pattern.label.slice(-12) : pattern.label;
  const y = u.valToPos(floor + (pattern.ready ? 0.6 : 1.0), "y", true);
  ctx.fillText(text, u.bbox.left + u.bbox.width - 4 * ratio, y + 4 * ratio);
  ctx.restore();
}

// The lines of a reference, as high as they are strong.
function drawSticks(u, pattern, floor) {
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = pattern.colour;
  ctx.lineWidth = devicePixelRatio || 1;
  ctx.beginPath();
  pattern.lines[0].forEach((hundredths, j) => {
    if (hundredths / 100 < u.scales.x.min || hundredths / 100 > u.scales.x.max) return;
    const x = u.valToPos(hundredths / 100, "x", true);
    ctx.moveTo(x, u.valToPos(floor, "y", true));
    ctx.lineTo(x, u.valToPos(floor + pattern.lines[1][j] / 100, "y", true));
  });
  ctx.stroke();
  ctx.restore();
}

// A small triangle over the line, and its angle where there is room.
function drawMarks(u, angles, pattern, curve, floor) {
  const ratio = devicePixelRatio || 1;
  const { ctx } = u;
  ctx.save();
  ctx.fillStyle = pattern.colour;
  ctx.font = 10 * ratio + "px system-ui, sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "alphabetic";
  let last = -Infinity;
  for (const hundredths of angles) {
    const angle = hundredths / 100;
    if (angle < u.scales.x.min || angle > u.scales.x.max) continue;
    const k = Math.round((angle - TWO_THETA[0]) / (TWO_THETA[1] - TWO_THETA[0]));
    const x = u.valToPos(angle, "x", true);
    const y = u.valToPos(floor + (curve[k] || 0), "y", true) - 3 * ratio;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x - 4 * ratio, y - 7 * ratio);
    ctx.lineTo(x + 4 * ratio, y - 7 * ratio);
    ctx.fill();
    if (x - last > 34 * ratio) {
      ctx.fillText(angle.toFixed(2), x, y - 9 * ratio);
      last = x;
    }
  }
  ctx.restore();
}
