// A line over the parts of a period, with the target dashed across it. Some forty lines of SVG, so no library.
import { s } from "./dom";

const WIDTH = 100;
const HEIGHT = 30;
const MARGIN = 2;

export function sparkline(values: (number | null)[], target: number | null, label: string): SVGElement {
  const known = values.filter((each) => each !== null);
  const all = target === null ? known : [...known, target];
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  const x = (index: number): number => MARGIN + (index / Math.max(1, values.length - 1)) * (WIDTH - 2 * MARGIN);
  const y = (value: number): number => HEIGHT - MARGIN - ((value - low) / span) * (HEIGHT - 2 * MARGIN);
  const line = (from: number, to: number, value: number): SVGElement =>
    s("line", { x1: `${from}`, x2: `${to}`, y1: y(value).toFixed(2), y2: y(value).toFixed(2), class: "aim" });
  return s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "spark", role: "img", "aria-label": label },
    target === null ? null : line(0, WIDTH, target),
    s("path", { d: path(values, x, y) }));
}

function path(values: (number | null)[], x: (index: number) => number, y: (value: number) => number): string {
  let drawn = "";
  let pen = "M";
  values.forEach((value, index) => {
    if (value === null) { pen = "M"; return; }
    drawn += `${pen}${x(index).toFixed(2)} ${y(value).toFixed(2)}`;
    if (pen === "M") drawn += "h0.01"; // a part that stands alone is a dot
    pen = "L";
  });
  return drawn;
}
