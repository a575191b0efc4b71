// What both sides of the page are built of.

import type { Diagnostic, Lint } from 'weirgate';
import { count, h } from './dom.ts';
import { groupColours } from './editor.ts';

/** A part of a text that a group matched, in UTF-16 units. */
export interface Part {
  name: string;
  from: number;
  to: number;
}

export function card(title: string, ...children: (Node | null)[]): HTMLElement {
  return h('section', { class: 'card', 'aria-label': title }, h('h2', {}, title), ...children);
}

export function chip(text: string, tone = ''): HTMLElement {
  return h('span', { class: 'chip', 'data-tone': tone }, text);
}

/** The list of what is wrong, each with its place and its fix. */
export function problemsCard(problems: readonly Diagnostic[], lints: readonly Lint[], goTo: (problem: Diagnostic) => void, fix: (problem: Diagnostic) => void): HTMLElement | null {
  if (problems.length === 0) return null;
  const items = problems.map((problem) =>
    h(
      'li',
      { class: 'problem', 'data-code': problem.code },
      h('span', { class: 'dot', 'data-tone': problem.severity, role: 'img', 'aria-label': problem.severity }),
      h(
        'div',
        { class: 'problem-text' },
        h('p', {}, problem.message),
        problem.help ? h('p', { class: 'problem-help' }, problem.help) : null,
        problem.file
          ? h('button', { type: 'button', class: 'place', onclick: () => goTo(problem) }, `${problem.file}:${problem.line}:${problem.column} ${problem.code}`)
          : h('span', { class: 'place' }, problem.code),
        why(lints.find((lint) => lint.code === problem.code)),
      ),
      problem.fix ? h('button', { type: 'button', class: 'act', title: problem.fix.title, 'aria-label': `Fix: ${problem.fix.title}`, onclick: () => fix(problem) }, 'Fix') : null,
    ),
  );
  return card(count(problems.length, 'problem'), h('ul', { class: 'problems' }, ...items));
}

function why(lint: Lint | undefined): HTMLElement | null {
  return lint?.why ? h('details', { class: 'why' }, h('summary', {}, 'Why'), h('p', {}, lint.why)) : null;
}

/** One step of a trace. */
export function step(title: string, chips: (Node | null)[], body: (Node | null)[], tone = ''): HTMLElement {
  return h('li', { class: 'step', 'data-tone': tone }, h('div', { class: 'step-head' }, h('h3', {}, title), ...chips), h('div', { class: 'step-body' }, ...body));
}

export function code(...children: (Node | string)[]): HTMLElement {
  return h('pre', { class: 'code', tabindex: 0 }, ...children);
}

/** A text with the parts that groups matched coloured; a part inside another one is not coloured again. */
export function marked(text: string, parts: readonly Part[]): HTMLElement {
  const pieces: (Node | string)[] = [];
  let at = 0;
  parts
    .map((part, group) => ({ ...part, group }))
    .sort((a, b) => a.from - b.from || b.to - a.to)
    .forEach(({ name, from, to, group }) => {
      if (from < at || to <= from) return;
      pieces.push(text.slice(at, from), h('mark', { class: `group group-${group % groupColours}`, title: name }, text.slice(from, to)));
      at = to;
    });
  return code(...pieces, text.slice(at));
}

/** The names of groups in their colours, with what they matched. */
export function legend(text: string, parts: readonly Part[]): HTMLElement {
  return h('ul', { class: 'legend', 'aria-label': 'Groups' }, ...parts.map((part, group) => h('li', { class: `group-${group % groupColours}` }, `${part.name} = ${text.slice(part.from, part.to)}`)));
}

export type Row = { cells: (string | Node)[]; tone?: string };

export function table(label: string, head: string[], rows: Row[]): HTMLElement {
  return h(
    'div',
    { class: 'table-wrap' },
    h(
      'table',
      { 'aria-label': label },
      head.length > 0 ? h('thead', {}, h('tr', {}, ...head.map((cell) => h('th', { scope: 'col' }, cell)))) : null,
      h('tbody', {}, ...rows.map((row) => h('tr', { class: row.tone ?? '' }, ...row.cells.map((cell) => h('td', {}, cell))))),
    ),
  );
}

/** A value of a record on one line. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member));
}
