// The pipeline as streams through gates: as wide as what flows, with the counts on them.

import { count, s } from './dom.ts';

export interface Gate {
  /** What a click on it selects. */
  id: string;
  name: string;
  note: string;
  /** Told to screen readers beside name and note. */
  title: string;
}

export interface Source extends Gate {
  out: number;
}

export interface Filter extends Gate {
  /** Records that left it towards the next. */
  out: number;
  dropped: number;
}

export interface Sink extends Gate {
  in: number;
}

export interface Picture {
  sources: Source[];
  filters: Filter[];
  sinks: Sink[];
  /** Records that no output took. */
  unrouted: number;
}

const width = 128;
const height = 46;
const gap = 66;
const margin = 14;
const rowGap = 26;

export function draw(picture: Picture, selected: string, onselect: (id: string) => void): SVGSVGElement {
  const { sources, filters, sinks, unrouted } = picture;
  const total = Math.max(1, sources.reduce((sum, source) => sum + source.out, 0));
  const thickness = (n: number) => (n === 0 ? 1 : 3 + 19 * Math.sqrt(n / total));
  const ends = sinks.length + (unrouted > 0 ? 1 : 0);
  const lanes = Math.max(sources.length, ends, 1);
  const lost = filters.some((filter) => filter.dropped > 0);
  const body = lanes * (height + rowGap);
  const middle = margin + body / 2;
  const columns = filters.length + (ends > 0 ? 2 : 1);
  const x = (column: number) => margin + column * (width + gap);
  const totalWidth = x(columns - 1) + width + margin;
  const totalHeight = Math.max(margin + body, lost ? middle + height / 2 + 64 : 0) + margin;
  const lane = (index: number, of: number) => middle + (index - (of - 1) / 2) * (height + rowGap);

  const streams: SVGElement[] = [];
  const labels: SVGElement[] = [];
  const gates: SVGElement[] = [];
  const stream = (x1: number, y1: number, x2: number, y2: number, n: number, kind = '') => {
    const bend = (x2 - x1) / 2;
    const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    streams.push(s('path', { class: `stream ${kind}`, d, 'stroke-width': thickness(n), 'stroke-dasharray': n === 0 ? '3 5' : null }));
    const at = y1 === y2 ? y1 : y1 + (y2 - y1) * 0.6;
    labels.push(s('text', { class: `stream-count ${kind}`, x: x1 + (x2 - x1) * (y1 === y2 ? 0.5 : 0.58), y: at - thickness(n) / 2 - 5 }, n.toLocaleString('en')));
  };
  const gate = (node: Gate, left: number, centre: number) => {
    const press = () => onselect(node.id === selected ? '' : node.id);
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      press();
    };
    gates.push(
      s(
        'g',
        { class: 'gate', role: 'button', tabindex: 0, 'data-gate': node.id, 'aria-pressed': String(node.id === selected), 'aria-description': node.title, onclick: press, onkeydown: key },
        s('rect', { x: left, y: centre - height / 2, width, height, rx: 9 }),
        s('text', { class: 'gate-name', x: left + width / 2, y: centre - 3 }, clip(node.name, 16)),
        s('text', { class: 'gate-note', x: left + width / 2, y: centre + 13 }, clip(node.note, 23)),
      ),
    );
  };

  let trunk = 0;
  sources.forEach((source, index) => {
    const centre = lane(index, sources.length);
    trunk += source.out;
    if (filters.length > 0) stream(x(0) + width, centre, x(1), middle, source.out);
    gate(source, x(0), centre);
  });
  filters.forEach((filter, index) => {
    const left = x(index + 1);
    if (filter.dropped > 0) {
      const start = left + width / 2;
      const d = `M${start} ${middle}C${start} ${middle + height} ${start + 8} ${middle + height} ${start + 14} ${middle + height / 2 + 34}`;
      streams.push(s('path', { class: 'stream lost', d, 'stroke-width': thickness(filter.dropped), 'stroke-linecap': 'round' }));
      labels.push(s('text', { class: 'stream-count lost', x: start + 14, y: middle + height / 2 + 34 + thickness(filter.dropped) / 2 + 15 }, `${filter.dropped.toLocaleString('en')} dropped`));
    }
    if (index + 1 < filters.length) stream(left + width, middle, x(index + 2), middle, filter.out);
    gate(filter, left, middle);
    trunk = filter.out;
  });
  const from = filters.length > 0 ? [{ x: x(filters.length) + width, y: middle }] : sources.map((_, index) => ({ x: x(0) + width, y: lane(index, sources.length) }));
  const start = from[0] ?? { x: x(0) + width, y: middle };
  sinks.forEach((sink, index) => {
    const centre = lane(index, ends);
    for (const extra of from.slice(1)) streams.push(s('path', { class: 'stream', d: `M${extra.x} ${extra.y}L${x(columns - 1)} ${centre}`, 'stroke-width': 1 }));
    stream(start.x, start.y, x(columns - 1), centre, sink.in);
    gate(sink, x(columns - 1), centre);
  });
  if (unrouted > 0) {
    const centre = lane(ends - 1, ends);
    stream(start.x, start.y, x(columns - 1), centre, unrouted, 'lost');
    labels.push(s('text', { class: 'gate-note', x: x(columns - 1) + width / 2, y: centre + 4 }, 'no output takes them'));
  }
  const title = `Pipeline: ${count(total, 'record')} read, ${sinks.map((sink) => `${sink.in} to ${sink.name}`).join(', ') || 'no output'}`;
  const svg = s('svg', { viewBox: `0 0 ${totalWidth} ${totalHeight}`, role: 'group', 'aria-label': title }, ...streams, ...gates, ...labels);
  // It shrinks to fit, as long as it can be read; then it scrolls.
  svg.style.maxWidth = `${totalWidth}px`;
  svg.style.minWidth = `${Math.round(totalWidth * 0.72)}px`;
  return svg;
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
