// Where bars and notes lie in an engraved score. All places are in percent of the picture's width and height.

// {left, top, width, height, system} of each bar, in order. The box reaches a space beyond the staff.
export function barBoxes(svg) {
  const whole = svg.getBoundingClientRect();
  const systems = [...svg.querySelectorAll("g.system")];
  return [...svg.querySelectorAll("g.measure")].map((measure) => {
    const lines = measure.querySelectorAll(":scope > g.staff > path");
    const rects = [...lines].map((line) => line.getBoundingClientRect());
    const top = Math.min(...rects.map((rect) => rect.top));
    const bottom = Math.max(...rects.map((rect) => rect.bottom));
    const beyond = (bottom - top) * 0.75;
    const { left, width } = rects[0];
    const system = systems.indexOf(measure.closest("g.system"));
    return { ...percent(whole, left, top - beyond, width, bottom - top + 2 * beyond), system };
  });
}

// The groups of each note by its id; a tied note has several.
export function notesById(svg) {
  const notes = new Map();
  for (const group of svg.querySelectorAll("g.note")) {
    const id = group.dataset.note;
    notes.set(id, [...(notes.get(id) ?? []), group]);
  }
  return notes;
}

// The place of a note; its top is that of the chord, with the stem.
export function noteBox(svg, group) {
  if (!group) return null;
  const whole = svg.getBoundingClientRect();
  const head = (group.querySelector("g.notehead") ?? group).getBoundingClientRect();
  const { top } = (group.closest("g.chord") ?? group).getBoundingClientRect();
  return percent(whole, head.left, top, head.width, head.bottom - top);
}

// Stations of the playing cursor: {time, x, top, height, system}, by time. One at each onset and two at each
// barline, where the cursor may leave a system for the next.
export function cursorPath(svg, boxes, notes, view) {
  const whole = svg.getBoundingClientRect();
  const barSeconds = view.bar_seconds;
  const stations = [];
  boxes.forEach((box, index) => {
    const station = { top: box.top, height: box.height, system: box.system };
    const start = index * barSeconds;
    const inside = new Map();
    for (const note of view.notes) {
      if (note.onset < start - 1e-6 || note.onset >= start + barSeconds - 1e-6) continue;
      const head = notes.get(note.id)?.[0]?.querySelector("g.notehead")?.getBoundingClientRect();
      if (!head) continue;
      const x = percent(whole, head.left + head.width / 2, 0, 0, 0).left;
      inside.set(note.onset, Math.min(x, inside.get(note.onset) ?? Infinity));
    }
    if (!inside.has(start)) stations.push({ ...station, time: start, x: box.left });
    for (const [time, x] of [...inside].sort((a, b) => a[0] - b[0])) stations.push({ ...station, time, x });
    stations.push({ ...station, time: start + barSeconds - 1e-4, x: box.left + box.width });
  });
  return stations;
}

// The place of the cursor at a time, between two stations of one system.
export function placeAt(path, seconds) {
  let low = 0;
  let high = path.length - 1;
  if (high < 0) return null;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (path[middle].time <= seconds) low = middle;
    else high = middle - 1;
  }
  const here = path[low];
  const next = path[low + 1];
  if (!next || next.system !== here.system) return here;
  const share = Math.min(Math.max((seconds - here.time) / (next.time - here.time), 0), 1);
  return { ...here, x: here.x + share * (next.x - here.x) };
}

function percent(whole, left, top, width, height) {
  return {
    left: (100 * (left - whole.left)) / whole.width,
    top: (100 * (top - whole.top)) / whole.height,
    width: (100 * width) / whole.width,
    height: (100 * height) / whole.height,
  };
}
