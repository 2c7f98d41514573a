// Says what is wrong with how the page is laid out now, as a list of sentences. Explained in layout.rs.
const problems = [];
const root = document.documentElement;
const view = { left: 0, top: 0, right: root.clientWidth, bottom: root.clientHeight };
const SLACK = 1;

const shown = (element) => {
  if (element.getClientRects().length === 0) return false;
  const style = getComputedStyle(element);
  return style.visibility === "visible" && Number(style.opacity) > 0;
};
const short = (text) => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};
const name = (element) => {
  const label = element.getAttribute("aria-label") ?? element.innerText ?? "";
  const kind = element.getAttribute("role") ?? element.tagName.toLowerCase();
  return `${kind} "${short(label) || element.className}"`;
};
const cross = (a, b) => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});
const isEmpty = (box) => box.right - box.left <= SLACK || box.bottom - box.top <= SLACK;
const ancestors = function* (element) {
  for (let at = element.parentElement; at !== null; at = at.parentElement) yield at;
};
const inner = (element) => {
  const box = element.getBoundingClientRect();
  const left = box.left + element.clientLeft;
  const top = box.top + element.clientTop;
  return { left, top, right: left + element.clientWidth, bottom: top + element.clientHeight };
};
// What can be seen of an element inside everything that clips it.
const visibleBox = (element) => {
  let box = cross(element.getBoundingClientRect(), view);
  for (const above of ancestors(element)) {
    if (getComputedStyle(element).position === "fixed") break;
    const { overflowX, overflowY } = getComputedStyle(above);
    if (overflowX !== "visible" || overflowY !== "visible") box = cross(box, inner(above));
  }
  return box;
};
const hiddenOnPurpose = (element) =>
  element.closest(".visually-hidden,[inert],[data-base-ui-inert]") !== null;

// 1. The document itself never scrolls.
if (root.scrollWidth > root.clientWidth + SLACK)
  problems.push(`the document is ${root.scrollWidth} wide in a window of ${root.clientWidth}`);
if (root.scrollHeight > root.clientHeight + SLACK)
  problems.push(`the document is ${root.scrollHeight} high in a window of ${root.clientHeight}`);

// 2. Text is whole, or scrolls, or ends in an ellipsis with all of it on hover.
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const texts = [];
for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
  const parent = node.parentElement;
  if (node.data.trim() === "" || parent.closest("script,style,noscript,option") !== null) continue;
  if (!shown(parent) || hiddenOnPurpose(parent)) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  texts.push({ node, parent, box: range.getBoundingClientRect() });
}
const clips = (value) => value === "hidden" || value === "clip";
const scrolls = (value) => value === "auto" || value === "scroll";
for (const { node, parent, box } of texts) {
  let explained = parent.closest("[title]") !== null;
  let ellipsis = false;
  let [doneX, doneY] = [false, false];
  for (const at of [parent, ...ancestors(parent)]) {
    const style = getComputedStyle(at);
    const room = inner(at);
    if (style.textOverflow === "ellipsis" && !/flex|grid/.test(style.display)) ellipsis = true;
    if (scrolls(style.overflowX)) doneX = true;
    if (scrolls(style.overflowY)) doneY = true;
    if (!doneX && clips(style.overflowX)) {
      doneX = true;
      const cut = box.right > room.right + SLACK || box.left < room.left - SLACK;
      if (cut && !ellipsis) problems.push(`"${short(node.data)}" is cut off in ${name(at)}`);
      else if (cut && !explained) problems.push(`"${short(node.data)}" is shortened without a title`);
    }
    if (!doneY && clips(style.overflowY)) {
      doneY = true;
      if (box.bottom > room.bottom + 3 || box.top < room.top - 3)
        problems.push(`"${short(node.data)}" is cut off from above or below in ${name(at)}`);
    }
  }
}

// 3. What can be used is in reach: inside the window, or inside something that scrolls.
const USED =
  "button,a[href],input,select,textarea,summary,[role=button],[role=link],[role=checkbox]," +
  "[role=radio],[role=tab],[role=option],[role=menuitem],[role=switch],[role=combobox]";
const overlays = [...document.querySelectorAll("[role=dialog],[role=listbox],[role=menu]")].filter(
  (element) => element.closest("main") === null && shown(element),
);
const overlayOf = (element) => overlays.findLast((overlay) => overlay.contains(element)) ?? null;
const top = overlays.at(-1) ?? null;
const used = [...document.querySelectorAll(USED)].filter(
  (element) => shown(element) && !hiddenOnPurpose(element) && element.type !== "file",
);
const inReach = [];
for (const element of used) {
  const box = element.getBoundingClientRect();
  // A native box that a drawn one stands for.
  if (box.width <= SLACK || box.height <= SLACK) continue;
  const seen = visibleBox(element);
  const whole = cross(box, view);
  const wide = seen.right - seen.left >= box.width - 2 * SLACK;
  const high = seen.bottom - seen.top >= box.height - 2 * SLACK;
  // From side to side only a table scrolls.
  const reach = [...ancestors(element)].map((above) => ({ above, style: getComputedStyle(above) }));
  const scrollsAcross = reach.some(
    ({ above, style }) => scrolls(style.overflowX) && above.matches("[role=grid]"),
  );
  const scrollsDown = reach.some(({ style }) => scrolls(style.overflowY));
  if ((!wide && !scrollsAcross && !isEmpty(seen)) || (!high && !scrollsDown))
    problems.push(
      isEmpty(whole) ? `${name(element)} is outside the window` : `${name(element)} is cut off`,
    );
  if (!isEmpty(seen) && overlayOf(element) === top) inReach.push({ element, seen });
}

// 4. Two things that can be used do not lie on each other, and nothing lies on them.
const related = (a, b) => a.contains(b) || b.contains(a) || a.labels?.[0]?.contains(b);
for (const [at, one] of inReach.entries()) {
  for (const other of inReach.slice(at + 1)) {
    if (related(one.element, other.element) || related(other.element, one.element)) continue;
    if (!isEmpty(cross(one.seen, other.seen)))
      problems.push(`${name(one.element)} and ${name(other.element)} overlap`);
  }
  const { left, top: above, right, bottom } = one.seen;
  const hit = document.elementFromPoint((left + right) / 2, (above + bottom) / 2);
  if (hit !== null && !related(one.element, hit) && hit.closest("label") === null)
    problems.push(`${name(one.element)} is covered by ${name(hit)}`);
}

// 5. Text can be read on what is behind it (WCAG 2.2, 1.4.3).
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
canvas.canvas.width = canvas.canvas.height = 1;
const known = new Map();
const colour = (text) => {
  if (!known.has(text)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    known.set(text, { rgb: [red, green, blue], alpha: alpha / 255 });
  }
  return known.get(text);
};
const over = (upper, lower) =>
  upper.rgb.map((part, at) => part * upper.alpha + lower[at] * (1 - upper.alpha));
const behind = (element) => {
  const layers = [];
  for (const at of [element, ...ancestors(element)]) {
    const layer = colour(getComputedStyle(at).backgroundColor);
    if (layer.alpha > 0) layers.push(layer);
    if (layer.alpha === 1) break;
  }
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
};
const luminance = (rgb) => {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
for (const { node, parent, box } of texts) {
  if (isEmpty(cross(visibleBox(parent), box)) || overlayOf(parent) !== top) continue;
  if (parent.closest(":disabled,[aria-disabled=true],[data-disabled]") !== null) continue;
  const style = getComputedStyle(parent);
  const paper = behind(parent);
  let opacity = 1;
  for (const at of [parent, ...ancestors(parent)]) opacity *= Number(getComputedStyle(at).opacity);
  const ink = colour(style.color);
  const drawn = over({ rgb: ink.rgb, alpha: ink.alpha * opacity }, paper);
  const [light, dark] = [luminance(drawn), luminance(paper)].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5))
    problems.push(`"${short(node.data)}" has a contrast of only ${ratio.toFixed(2)}`);
}
return [...new Set(problems)];
