// The way of one line, step by step.

import type { Diagnostic, Fields, FilterTrace, Group, LineTrace, OutputTrace, Place } from 'weirgate';
import { text, utf16Offset } from './content.ts';
import { h } from './dom.ts';
import { chip, code, legend, marked, type Part, type Row, show, step, table } from './parts.ts';

const notes: Record<FilterTrace['notes'][number], string> = {
  merged: 'The text was JSON: its members became fields.',
  'not-merged': 'The text is no JSON, so it stays as it is.',
  excluded: 'An annotation of the pod excludes it.',
  'no-pod': 'The tag names no pod, so it was left alone.',
  'no-metadata': 'Nothing is known about the pod: paste it under Pods.',
  emptied: 'No field would be left.',
  'no-field': 'The field to parse is missing or no text.',
  'not-parsed': 'No parser understood the field.',
};

/** The groups that took part, in UTF-16 units of what was searched. */
export function parts(searched: string, groups: readonly Group[] | undefined): Part[] {
  return (groups ?? []).flatMap((group) => (group.start === null || group.end === null ? [] : [{ name: group.name, from: utf16Offset(searched, group.start), to: utf16Offset(searched, group.end) }]));
}

export function steps(line: LineTrace, path: string, goTo: (problem: Diagnostic) => void): HTMLElement {
  const link = (place: Place | null) =>
    place && h('button', { type: 'button', class: 'place', onclick: () => goTo({ ...place, severity: 'info', code: '', message: '', help: null, fix: null }) }, `${place.file}:${place.line}`);
  const items = [tag(line, path), record(line)];
  line.passes.forEach((pass, index) => {
    if (index > 0) items.push(step('Again, under another tag', [], [code(text(pass.tag))]));
    items.push(...pass.filters.map((filter) => filterStep(filter, link)), ...pass.outputs.map(output));
    if (pass.record !== null && pass.outputs.length === 0) {
      items.push(step('No output', [chip('lost', 'lost')], [h('p', {}, 'No output matches the tag ', h('code', {}, text(pass.tag)), '.')], 'lost'));
    }
  });
  return h('ol', { class: 'steps' }, ...items.filter((item) => item !== null));
}

function tag(line: LineTrace, path: string): HTMLElement {
  const found = parts(path, line.tag.groups);
  const pod = line.tag.pod && Object.entries(line.tag.pod).map(([name, value]): Row => ({ cells: [name, text(value)] }));
  return step('Tag', [chip(line.input)], [
    marked(path, found),
    found.length > 0 ? legend(path, found) : null,
    h('p', {}, 'makes ', h('code', {}, text(line.tag.tag))),
    pod ? h('details', {}, h('summary', {}, 'Pod read out of the tag'), table('Pod', [], pod)) : null,
  ]);
}

function record(line: LineTrace): HTMLElement {
  const { parser, state } = line;
  const raw = text(line.text);
  if (state === 'skipped') return step('No record', [chip('skipped')], [marked(raw, [])], 'lost');
  if (state === 'joined') return step('Joined', [chip(`to line ${line.joined_to}`)], [marked(raw, [])], 'lost');
  const found = parts(raw, parser?.groups);
  const title = parser ? `Parser ${parser.name}` : 'Record';
  const chips = parser ? [parser.matched ? chip('understood', 'good') : chip('not understood', 'error')] : [];
  return step(title, chips, [
    marked(raw, found),
    found.length > 0 ? legend(raw, found) : null,
    parser?.error ? h('p', {}, parser.error) : null,
    parser?.warning ? h('p', {}, parser.warning) : null,
    fields('Fields of the record', line.record, line.time),
  ]);
}

function fields(label: string, record: Fields | null, time: string | null): HTMLElement {
  const rows = Object.entries(record ?? {}).map(([name, value]): Row => ({ cells: [name, show(value)] }));
  return table(label, [], [...(time ? [{ cells: ['time', clock(time)] }] : []), ...rows]);
}

/** Seconds since 1970, and the same for people. */
function clock(time: string): string {
  const date = new Date(Number(time) * 1000);
  return Number.isNaN(date.getTime()) ? time : `${time}  (${date.toISOString().slice(0, 19)}Z)`;
}

function filterStep(filter: FilterTrace, link: (place: Place | null) => Node | null): HTMLElement {
  const verdicts: Record<FilterTrace['verdict'], [string, string]> = {
    keep: filter.changes.length > 0 ? ['changes it', 'good'] : ['lets it pass', ''],
    drop: ['drops it', 'lost'],
    retag: [`sends a copy on as ${text(filter.retagged ?? '')}`, 'good'],
    wait: ['waits for its batch', ''],
  };
  const rules = filter.rules.map((rule, index): Row => ({
    cells: [h('code', {}, rule.text), rule.held ? 'holds' : 'does not hold', index === filter.decided ? 'decided' : ''],
    tone: index === filter.decided ? 'decided' : '',
  }));
  const changes = filter.changes.map((change): Row => ({
    cells: [text(change.key), change.before === null ? '—' : show(change.before), change.after === null ? 'removed' : show(change.after)],
  }));
  return step(
    filter.filter,
    [chip(...verdicts[filter.verdict]), link(filter.place)],
    [
      ...filter.notes.map((note) => h('p', {}, notes[note] ?? note)),
      rules.length > 0 ? table('Rules', ['rule', 'result', ''], rules) : null,
      changes.length > 0 ? table('Fields changed', ['field', 'before', 'after'], changes) : null,
    ],
    filter.verdict === 'drop' ? 'lost' : filter.changes.length > 0 || rules.length > 0 ? '' : 'idle',
  );
}

function output(output: OutputTrace): HTMLElement {
  const written = output.bulk ? `${text(output.bulk.action)}\n${pretty(text(output.bulk.document))}` : text(output.bytes);
  const target = output.bulk ? 'bulk request' : (output.file ?? '');
  return step(output.output, [chip('takes it', 'good'), target ? h('span', {}, target) : null], [written ? code(written) : h('p', {}, 'It writes nothing.')]);
}

/** JSON over several lines, its numbers as they are written. */
function pretty(json: string): string {
  let depth = 0;
  return json.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g, (token) => {
    const line = () => `\n${'  '.repeat(depth)}`;
    if (token === '{' || token === '[') {
      depth += 1;
      return token + line();
    }
    if (token === '}' || token === ']') {
      depth -= 1;
      return line() + token;
    }
    return token === ',' ? token + line() : token === ':' ? ': ' : token;
  });
}
