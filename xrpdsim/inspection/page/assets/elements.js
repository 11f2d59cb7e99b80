// Elements of the page. Text is only ever set as text, so that no name becomes markup.

const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function button(text, onclick, attributes) {
  return element("button", { type: "button", onclick, ...attributes }, text);
}

// A name that is cut in the middle where there is no room.
function fitting(text) {
  if (text.length <= 24) return element("span", {}, text);
  return element(
    "span", { class: "name", title: text },
    element("span", {}, text.slice(0, -12)), element("span", {}, text.slice(-12)),
  );
}

// A sentence: words too long for a line are cut, none is broken.
function sentence(text) {
  const words = text.split(" ").flatMap((word) => [word.length > 40 ? fitting(word) : word, " "]);
  return element("span", { class: "prose" }, ...words);
}

function choice(options, chosen, onchange, attributes) {
  const made = element("select", { onchange: (event) => onchange(event.target.value), ...attributes });
  fillChoice(made, options, chosen);
  return made;
}

function fillChoice(select, options, chosen) {
  select.replaceChildren(...options.map(([value, text]) =>
    element("option", { value, selected: String(value) === String(chosen) }, text)));
}

function colourOf(group) {
  return group < 0 ? inkColour() : DATA.colours[group % DATA.colours.length];
}

function shapeOf(group) {
  const last = DATA.shapes.length - 1;
  return DATA.shapes[group < 0 ? last : group % last];
}

// Black or white, whichever is easier to read on a colour.
function inkOn(colour) {
  const part = (k) => {
    const c = parseInt(colour.slice(1 + 2 * k, 3 + 2 * k), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000000" : "#FFFFFF";
}

// The mark of a group, as it stands on the map of the screen.
function sign(group) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "sign");
  svg.setAttribute("viewBox", "-8 -8 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  setMark(svg.firstChild, group);
  return svg;
}

function setMark(path, group) {
  path.setAttribute("d", shapeOf(group));
  path.setAttribute("class", group < 0 ? "mark cross" : "mark");
  if (group < 0) path.removeAttribute("fill");
  else path.setAttribute("fill", colourOf(group));
}

let printing = false;

function inkColour() {
  return printing ? "#1a1a1a" : getComputedStyle(document.body).color;
}

function quietColour() {
  return printing ? "#cccccc" : getComputedStyle(document.documentElement).getPropertyValue("--rule");
}
