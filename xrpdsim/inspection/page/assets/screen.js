// The screen as it was sorted: what the page holds, decoded when it is needed.

const DATA = JSON.parse(document.getElementById("screen").textContent);
const NONE = -1, AMORPHOUS = -2, MIXTURE = -3, EXCLUDED = -4;
const ASIDE = { "-1": "no group", "-2": "amorphous", "-3": "mixture", "-4": "excluded" };

const packed = document.getElementById("intensities").textContent.trim().split("\n");
const placeOf = new Map(DATA.held.map((row, place) => [row, place]));
const decoded = new Map();

function bytesOf(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
}

const TWO_THETA = Array.from(new Float32Array(bytesOf(DATA.two_theta)));

function intensities(line) {
  if (!decoded.has(line)) {
    const levels = new Uint16Array(bytesOf(packed[line]));
    decoded.set(line, Array.from(levels, (v) => (v === 65535 ? null : v / 65534)));
  }
  return decoded.get(line);
}

function isHeld(row) {
  return placeOf.has(row);
}

function nameOf(row) {
  return row in DATA.shown ? DATA.shown[row] : DATA.files[row];
}

// What a plot needs of a pattern of the screen, and of a reference.
function patternOf(row) {
  const place = placeOf.get(row);
  return { label: nameOf(row), values: intensities(place), lines: DATA.lines[place] };
}

function referenceOf(number) {
  const reference = DATA.references[number];
  return {
    label: "reference " + reference.file,
    values: intensities(DATA.held.length + number),
    lines: reference.lines,
    reference: true,
  };
}
