"use strict";
// What a page gains by its script: figures tell the samples that they are made from, tables sort and filter, the records
// can be saved. Without it all figures are there.

const part = node => node.closest("[data-record]");

// bytesOf returns what text in Ascii85 stands for, where a v stands for each <.
function bytesOf(text) {
  const bytes = [];
  let digits = [];
  const flush = some => {
    const full = [...digits, 84, 84, 84, 84].slice(0, 5).reduce((n, digit) => n * 85 + digit, 0);
    for (let k = 0; k < some; k++) bytes.push(Math.floor(full / 256 ** (3 - k)) % 256);
    digits = [];
  };
  for (const c of text.trim()) {
    if (c === "z") {
      bytes.push(0, 0, 0, 0);
      continue;
    }
    digits.push((c === "v" ? "<" : c).charCodeAt(0) - 33);
    if (digits.length === 5) flush(4);
  }
  if (digits.length > 0) flush(digits.length - 1);
  return Uint8Array.from(bytes);
}

// unpacked returns a record's text, and the times of its rows, in the order in which their names appear. Package report's
// pack says what is packed how.
async function unpacked(script) {
  const stream = new Blob([bytesOf(script.textContent)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const all = new Uint8Array(await new Response(stream).arrayBuffer());
  const end = all.indexOf(0);
  const [lengths, ...packedLines] = new TextDecoder().decode(all.subarray(0, end)).split("\n");
  const at = [];
  lengths.split(" ").reduce((start, length) => (at.push(start), start + Number(length)), end + 1);
  const varint = () => {
    let n = 0;
    for (let k = 0; ; k++) {
      const byte = all[at[k]++];
      n += (byte & 127) * 128 ** k;
      if (byte < 128) return n;
    }
  };
  const decimal = (n, places, exponent) => {
    if (places === 0) return n + exponent;
    const digits = String(n).padStart(places + 1, "0");
    return (digits.slice(0, -places) + "." + digits.slice(-places)).replace(/\.?0+$/, "") + exponent;
  };
  const lines = [], rows = new Map();
  for (const line of packedLines) {
    if (line[0] === "=") {
      lines.push(line.slice(1));
      continue;
    }
    const [first, ...columns] = line.slice(1).split("\t");
    const cut = first.lastIndexOf(" "), head = first.slice(0, cut), count = Number(first.slice(cut + 1));
    let base;
    const packed = columns.map(column => {
      const gap = column.indexOf(" "), unit = column.slice(0, gap), how = column.slice(gap + 1);
      if (how[0] === "=") return {unit, values: Array(count).fill(how.slice(1))};
      if (how[0] === '"') return {unit, values: how.slice(1).split(" ")};
      const beyond = how[0] === "~";
      const [places, least, exponent = ""] = (beyond ? how.slice(1) : how).split(" ");
      const scale = beyond ? 10 ** (places - base.places) : 0;
      const integers = Array.from({length: count}, (_, k) => varint() + Number(least) + (beyond ? scale * base.integers[k] : 0));
      base ??= {places, integers};
      return {unit, values: integers.map(n => decimal(n, Number(places), exponent))};
    });
    for (let k = 0; k < count; k++) lines.push(head + packed.map(c => " " + c.values[k] + " " + c.unit).join(""));
    const name = head.slice(0, head.lastIndexOf(" "));
    const times = packed.find(c => c.unit === "ns/op") ?? packed[0];
    rows.set(name, (rows.get(name) ?? []).concat(times.values.map(Number)));
  }
  return {text: lines.join("\n"), rows: [...rows]};
}

// A browser that cannot unpack the records has neither tips nor downloads.
const able = typeof DecompressionStream === "function";
const scripts = able ? [...document.querySelectorAll("script.record")] : [];
const records = [];
const record = k => records[k] ??= unpacked(scripts[k]);

for (const button of able ? document.querySelectorAll(".save") : []) {
  button.hidden = false;
  const script = scripts[button.dataset.record], file = script.dataset.file.replace(/\.gz$/, "");
  button.textContent = "Download " + file;
  button.addEventListener("click", async () => {
    const {text} = await record(button.dataset.record);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], {type: "text/plain"}));
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
}

// Times.

function nanoseconds(ns) {
  const [size, unit] = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]].find(([size]) => Math.abs(ns) >= size) ?? [1, "ns"];
  return Number((ns / size).toPrecision(4)) + " " + unit;
}

function summary(samples) {
  const sorted = [...samples].sort((a, b) => a - b), n = sorted.length;
  const median = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2, ends = ranks[n];
  return {sorted, median, lo: ends && sorted[ends[0]], hi: ends && sorted[ends[1]]};
}

const element = (name, attributes = {}, ...children) => {
  const node = name === "svg" || name === "rect" || name === "circle" || name === "line"
    ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  node.append(...children);
  return node;
};

// strip draws samples as dots from the least to the greatest, with the median's interval behind them.
function strip({sorted, median, lo, hi}) {
  const width = 340, least = sorted[0], range = sorted.at(-1) - least || 1;
  const x = value => 5 + (width - 10) * (value - least) / range;
  const svg = element("svg", {viewBox: `0 0 ${width} 26`, "aria-hidden": "true"});
  if (lo !== undefined) svg.append(element("rect", {x: x(lo), y: 1, width: Math.max(1, x(hi) - x(lo)), height: 24, fill: "var(--bar)"}));
  svg.append(element("line", {x1: x(median), x2: x(median), y1: 1, y2: 25, stroke: "currentColor", "stroke-width": 2}));
  sorted.forEach((value, k) => svg.append(element("circle", {cx: x(value), cy: 6 + k * 7 % 15, r: 2, fill: "currentColor", "fill-opacity": .6})));
  return svg;
}

// The tip says where a figure comes from.

const tip = document.getElementById("tip");
let shown;

async function show(cell) {
  if (shown === cell || !able) return;
  shown = cell;
  const places = cell.dataset.r.split(" ");
  const more = places.at(-1)[0] === "+" ? Number(places.pop()) : 0;
  const of = places.map(place => {
    const [a, b] = place.split(":");
    return b === undefined ? [part(cell).dataset.record, a] : [a, b];
  });
  const told = [];
  for (const [k, row] of of) {
    const {rows} = await record(k);
    const [name, samples] = rows[row], s = summary(samples);
    const interval = s.lo === undefined ? "too few for an interval" : `95 % interval ${nanoseconds(s.lo)} to ${nanoseconds(s.hi)}`;
    told.push(element("p", {}, element("code", {}, name), strip(s),
      `${samples.length} ${samples.length === 1 ? "sample" : "samples"}, median ${nanoseconds(s.median)}, ${interval}.`));
  }
  if (more > 0) told.push(element("p", {}, `It is made from ${more} more ${more === 1 ? "row" : "rows"}.`));
  told.push(element("p", {}, "Search for the name in ", element("code", {}, scripts[of[0][0]].dataset.file), "."));
  if (shown !== cell) return;
  tip.replaceChildren(...told);
  tip.hidden = false;
  const box = cell.getBoundingClientRect();
  const below = box.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.top = scrollY + (below ? box.bottom + 6 : Math.max(0, box.top - tip.offsetHeight - 6)) + "px";
  tip.style.left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 8)) + "px";
}

function hide() {
  shown = undefined;
  tip.hidden = true;
}

document.addEventListener("mouseover", event => {
  const cell = event.target.closest("[data-r]");
  if (cell) show(cell);
  else if (!document.querySelector("td.at")) hide();
});

// A focused table is walked by the arrow keys, from figure to figure.

const steps = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]};

function walk(region, [down, right]) {
  const lines = [...region.querySelectorAll("tbody tr:not([hidden])")].map(tr => [...tr.children]);
  const now = region.querySelector("td.at");
  let y = -1, x = -1;
  if (now) {
    y = lines.findIndex(line => line.includes(now));
    x = lines[y].indexOf(now);
  }
  const next = now ? step(lines, y, x, down, right) : lines.flat().find(cell => cell.dataset.r);
  if (!next) return false;
  now?.classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({block: "nearest", inline: "nearest"});
  show(next);
  return true;
}

function step(lines, y, x, down, right) {
  for (;;) {
    y += down;
    x += right;
    const cell = lines[y]?.[x];
    if (!cell) return undefined;
    if (cell.dataset.r) return cell;
  }
}

function leave() {
  document.querySelector("td.at")?.classList.remove("at");
  hide();
}

document.addEventListener("keydown", event => {
  if (event.key === "Escape") leave();
  const region = event.target.closest?.(".scroll");
  if (region === event.target && steps[event.key] && walk(region, steps[event.key])) event.preventDefault();
});
document.addEventListener("focusout", event => {
  if (event.target.closest?.(".scroll")) leave();
});

// Tables sort by a click on a column's name, and those of routes filter by what their lines have in common.

const units = {ns: 1, "µs": 1e3, ms: 1e6, s: 1e9, B: 1, kB: 1e3, MB: 1e6, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30};

// valueOf returns the number that a figure begins with, in the smallest unit of its kind, or undefined.
function valueOf(figure) {
  const parts = /^[~<≈±+ ]*([-−]?[\d.]+(?:e[-+]\d+)?)(?:[%x×²^!,]*)(?: (\S+)|$)?/.exec(figure);
  const number = parts ? Number(parts[1].replace("−", "-")) : NaN;
  return Number.isNaN(number) ? undefined : number * (units[parts[2]] ?? 1);
}

function sortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (head.tagName !== "TH") return;
    const button = element("button", {type: "button"}, ...head.childNodes);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const body = table.tBodies[0];
      const order = (a, b) => {
        const [left, right] = [a.cells[column], b.cells[column]], [x, y] = [valueOf(left.textContent), valueOf(right.textContent)];
        if (left.textContent === "" || right.textContent === "") return (left.textContent === "") - (right.textContent === ""); // last, either way
        const less = x !== undefined && y !== undefined ? x - y : left.textContent.localeCompare(right.textContent, "en", {numeric: true});
        return descending ? -less : less;
      };
      body.append(...[...body.rows].sort(order));
    });
  });
}

const filters = {kernel: "Kernel", lang: "Language", via: "Crossing"};

function filterable(table) {
  const lines = [...table.tBodies].flatMap(body => [...body.rows]);
  const selects = [];
  const box = element("div", {class: "filter", role: "group", "aria-label": "Filter of the table"});
  for (const key in filters) {
    const all = [...new Set(lines.map(line => line.dataset[key]).filter(Boolean))];
    if (all.length < 2) continue;
    const select = element("select", {}, element("option", {value: ""}, "all"), ...all.map(one => element("option", {}, one)));
    select.dataset.key = key;
    selects.push(select);
    box.append(element("label", {}, filters[key] + " ", select));
  }
  if (selects.length === 0 || lines.length < 8) return;
  const count = element("span", {role: "status"});
  box.append(count);
  const apply = () => {
    let some = 0;
    for (const line of lines) {
      line.hidden = selects.some(select => select.value && line.dataset[select.dataset.key] !== select.value);
      if (!line.hidden) some++;
    }
    count.textContent = `${some} of ${lines.length} lines`;
  };
  box.addEventListener("change", apply);
  apply();
  table.closest("figure").insertBefore(box, table.closest(".scroll"));
}

for (const table of document.querySelectorAll(".grid table")) {
  if (table.hasAttribute("data-sorts")) sortable(table);
  filterable(table);
}

// A printed page shows all.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(details => { details.open = true; }));
// A link into what is folded opens it.
function unfold() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  const details = target && target.closest("details");
  if (details) details.open = true;
}
addEventListener("hashchange", unfold);
unfold();
