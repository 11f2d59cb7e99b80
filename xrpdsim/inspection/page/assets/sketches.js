// Small pictures: the patterns of a group over each other, the typical one in front.

const AXIS = 16; // pixels below the patterns

function sketch(canvas, rows, typical, colour) {
  const ratio = devicePixelRatio || 1;
  const width = (canvas.width = Math.max(200, canvas.clientWidth) * ratio);
  const height = (canvas.height = canvas.clientHeight * ratio) - AXIS * ratio;
  const context = canvas.getContext("2d");
  drawAxis(context, width, height, ratio);
  context.strokeStyle = colour;
  context.lineJoin = "round";
  for (const row of [...rows.filter((other) => other !== typical), typical]) {
    context.globalAlpha = row === typical ? 1 : 0.3;
    context.lineWidth = (row === typical ? 1.4 : 0.8) * ratio;
    context.beginPath();
    const values = intensities(placeOf.get(row));
    let down = false;
    values.forEach((v, k) => {
      const x = (k / (values.length - 1)) * width, y = height * (0.98 - 0.94 * v);
      if (v !== null) context[down ? "lineTo" : "moveTo"](x, y);
      down = v !== null;
    });
    context.stroke();
  }
}

function drawAxis(context, width, height, ratio) {
  const first = TWO_THETA[0], last = TWO_THETA[TWO_THETA.length - 1];
  context.strokeStyle = quietColour();
  context.fillStyle = inkColour();
  context.lineWidth = ratio;
  context.font = 10 * ratio + "px system-ui, sans-serif";
  context.textAlign = "center";
  context.beginPath();
  context.moveTo(0, height);
  context.lineTo(width, height);
  for (let angle = 5 * Math.ceil(first / 5); angle < last; angle += 5) {
    const x = ((angle - first) / (last - first)) * width;
    context.moveTo(x, height);
    context.lineTo(x, height + 3 * ratio);
    context.fillText(angle + "°", x, height + 13 * ratio);
  }
  context.stroke();
}
