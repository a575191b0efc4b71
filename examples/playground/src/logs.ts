// The log side: what a Fluent Bit configuration does to each line of a file.

import type { CheckAnswer, Diagnostic, LineTrace } from 'weirgate';
import { text } from './content.ts';
import { byId, count, h } from './dom.ts';
import { Superseded } from './engine.ts';
import { List } from './list.ts';
import { card, chip, problemsCard } from './parts.ts';
import { draw, type Filter } from './picture.ts';
import type { Row, Run } from './run.ts';
import { field, Side } from './side.ts';
import type { LogsState, Mode } from './state.ts';
import { parts, steps } from './trace.ts';

const usual = ['fluent-bit.conf', 'fluent-bit.yaml', 'fluent-bit.yml'];

export class LogsSide extends Side {
  protected override readonly kinds = ['check', 'run', 'trace'];
  private state!: LogsState;
  private shown = '';
  private problems: Diagnostic[] = [];
  private lastRun: Run = { started: false, path: '', rows: [], filters: [], outputs: [], notFollowed: [], diagnostics: [] };
  /** What the list shows: the rows of the gate that was clicked, or all. */
  private rows: Row[] = [];
  private gate = '';
  private line = 0;
  private readonly top = h('div', { class: 'stack' });
  private readonly flow = h('div', { class: 'picture' });
  private readonly listTitle = h('h2');
  private readonly list = new List<Row>('Lines', 34, (row) => this.row(row), (row) => this.select(row));
  private readonly lines: HTMLElement;
  private readonly flowCard = card('Pipeline', this.flow);
  private readonly trace = h('section', { class: 'card trace', 'aria-label': 'Trace' });

  /** Buttons beside the tabs of files. */
  readonly tools = [
    h('button', { type: 'button', 'aria-label': 'Add a file', title: 'Add a file', onclick: () => this.addFile() }, '+'),
    h('button', { type: 'button', 'aria-label': 'Remove this file', title: 'Remove this file', onclick: () => this.removeFile() }, '−'),
  ];

  constructor(...base: ConstructorParameters<typeof Side>) {
    super(...base);
    this.list.element.id = 'lines';
    this.lines = h('section', { class: 'card', 'aria-label': 'Lines' }, h('div', { class: 'list-head' }, this.listTitle), this.list.element);
  }

  /** Shows a state. */
  load(state: LogsState): void {
    this.state = state;
    const { files, sample, fields, output } = this.panes;
    this.problems = [];
    this.shown = this.main;
    files.load(state.files, this.shown);
    this.drawTabs();
    sample.load({ lines: state.lines, 'pods.json': state.pods }, 'lines');
    const path = h('input', { type: 'text', id: 'path', value: state.path, spellcheck: 'false', oninput: () => {
      this.state.path = path.value;
      this.changed();
    } });
    fields.replaceChildren(field('File', path));
    this.showSample('lines');
    this.gate = '';
    this.line = 0;
    output.replaceChildren(this.flowCard, this.top, this.lines, this.trace);
    for (const part of [this.flowCard, this.lines, this.trace]) part.hidden = true;
    this.run();
  }

  setMode(mode: Mode): void {
    this.state.mode = mode;
    this.changed();
  }

  edited(name: string, text: string): void {
    if (name === 'lines') this.state.lines = text;
    else if (name === 'pods.json') this.state.pods = text;
    else this.state.files[name] = text;
    this.changed();
  }

  override showFile(name: string): void {
    if (!(name in this.state.files)) return;
    this.shown = name;
    this.panes.files.show(name);
    this.drawTabs();
  }

  showSample(name: string): void {
    this.panes.sample.show(name);
    this.panes.sampleTabs.set([{ name: 'lines', label: 'Log lines' }, { name: 'pods.json', label: 'Pods' }], name);
    this.panes.fields.hidden = name !== 'lines';
  }

  private get main(): string {
    return usual.find((name) => name in this.state.files) ?? Object.keys(this.state.files)[0] ?? '';
  }

  private drawTabs(): void {
    const tabs = Object.keys(this.state.files).map((name) => {
      const found = this.problems.filter((problem) => problem.file === name);
      const errors = found.some((problem) => problem.severity === 'error');
      return { name, label: name, badge: found.length > 0 ? String(found.length) : undefined, tone: errors ? 'error' : 'warning' };
    });
    this.panes.fileTabs.set(tabs, this.shown);
  }

  private addFile(): void {
    const name = window.prompt('Name of the new file, such as filter.conf');
    if (!name || name in this.state.files) return;
    this.state.files[name] = '';
    this.showFile(name);
    this.changed();
  }

  private removeFile(): void {
    const { files } = this.state;
    if (Object.keys(files).length < 2 || !window.confirm(`Remove ${this.shown}?`)) return;
    delete files[this.shown];
    this.shown = this.main;
    this.panes.files.load(files, this.shown);
    this.drawTabs();
    this.changed();
  }

  protected override async answer(): Promise<void> {
    const { engine } = this.panes;
    const { files, lines, pods, path, mode } = this.state;
    const common = { files, main: this.main, compat: mode, positions: 'utf16' };
    const checked = engine.ask<CheckAnswer>('check', 'check', { ...common, kind: 'fluent-bit' });
    const now = Math.floor(Date.now() / 1000);
    const run = engine.ask<Run>('run', 'run', { ...common, input: lines, as: path, objects: pods.trim() || '[]', now });
    // What fails of the run is told below; the problems are worth telling by themselves.
    run.catch(() => undefined);
    await this.showProblems((await checked).diagnostics);
    this.showRun(await run);
  }

  private async showProblems(problems: Diagnostic[]): Promise<void> {
    this.problems = problems;
    this.panes.files.setProblems(problems);
    this.drawTabs();
    const list = problemsCard(problems, await this.lints(), this.goTo, this.fix);
    this.top.replaceChildren(...(list ? [list] : []));
  }

  private showRun(run: Run): void {
    this.lastRun = run;
    const records = run.rows.filter((row) => row.state !== 'joined' && row.state !== 'skipped').length;
    this.flowCard.hidden = !run.started;
    this.lines.hidden = run.rows.length === 0;
    if (run.rows.length === 0) this.trace.hidden = true;
    this.showFlow();
    this.showRows();
    const errors = this.problems.filter((problem) => problem.severity === 'error').length;
    if (!run.started) return this.say(`Fluent Bit would not start: ${count(errors, 'error')}.`, 'error');
    if (run.notFollowed.length > 0) return this.say(`${run.notFollowed.join('; ')}.`, 'error');
    const tell = (state: Row['state']) => run.rows.filter((row) => row.state === state).length;
    const lost = tell('unmatched') > 0 ? `, ${tell('unmatched')} taken by no output` : '';
    this.say(`${count(run.rows.length, 'line')}, ${count(records, 'record')}: ${tell('delivered')} delivered, ${tell('dropped')} dropped${lost}.`);
  }

  private showFlow(): void {
    const { rows, filters, outputs } = this.lastRun;
    const records = rows.filter((row) => row.state !== 'joined' && row.state !== 'skipped');
    const names = (of: (row: Row) => string[]) => [...new Set(records.flatMap(of))].sort();
    let left = records.length;
    const gates = filters.map(({ name, seen }): Filter => {
      const dropped = records.filter((row) => row.droppedBy === name).length;
      left -= dropped;
      const title = `${name}: saw ${count(seen, 'record')}, dropped ${dropped}`;
      return { id: `filter ${name}`, name, note: `saw ${seen.toLocaleString('en')}`, title, out: left, dropped };
    });
    const sources = names((row) => [row.input]).map((name) => {
      const out = records.filter((row) => row.input === name).length;
      return { id: `input ${name}`, name, note: count(rows.filter((row) => row.input === name).length, 'line'), title: `${name}: ${count(out, 'record')}`, out };
    });
    const sinks = outputs.map((name) => {
      const into = records.filter((row) => row.outputs.includes(name)).length;
      return { id: `output ${name}`, name, note: `took ${into.toLocaleString('en')}`, title: `${name}: took ${count(into, 'record')}`, in: into };
    });
    const unrouted = records.filter((row) => row.state === 'unmatched').length;
    this.flow.replaceChildren(
      draw({ sources, filters: gates, sinks, unrouted }, this.gate, (gate) => {
        this.gate = gate;
        this.showFlow();
        this.showRows();
        this.flow.querySelector<SVGElement>(`[data-gate="${CSS.escape(gate)}"]`)?.focus();
      }),
    );
  }

  /** The rows of the gate, with the selected one still selected if it is among them. */
  private showRows(): void {
    const [kind, name = ''] = this.gate.split(' ');
    const { rows } = this.lastRun;
    const at: Record<string, (row: Row) => boolean> = {
      filter: (row) => row.droppedBy === name,
      input: (row) => row.input === name,
      output: (row) => row.outputs.includes(name),
    };
    const only = at[kind ?? ''];
    this.rows = only ? rows.filter(only) : rows;
    const what: Record<string, string> = { filter: `dropped by ${name}`, input: `read by ${name}`, output: `taken by ${name}` };
    this.listTitle.textContent = only ? `${count(this.rows.length, 'line')} ${what[kind ?? '']}` : count(rows.length, 'line');
    const index = Math.max(0, this.rows.findIndex((row) => row.line === this.line));
    this.list.set(this.rows, index);
    const row = this.rows[index];
    if (row) this.select(row);
  }

  private row(row: Row): Node[] {
    const states: Record<Row['state'], [string, string]> = {
      delivered: [row.outputs.join(', '), 'good'],
      dropped: [`dropped by ${row.droppedBy}`, 'lost'],
      unmatched: ['no output', 'lost'],
      joined: [`part of line ${row.joinedTo}`, ''],
      skipped: ['skipped', ''],
    };
    return [h('span', { class: 'row-number' }, row.line), h('span', { class: 'row-text' }, row.text), chip(...states[row.state])];
  }

  private select(row: Row): void {
    this.line = row.line;
    this.showTrace(row).catch((error: unknown) => {
      if (!(error instanceof Superseded)) this.say(String(error), 'error');
    });
  }

  private async showTrace(row: Row): Promise<void> {
    const line = await this.panes.engine.ask<LineTrace | null>('trace', 'trace', this.lastRun.rows.indexOf(row));
    if (!line) return;
    this.trace.hidden = false;
    this.trace.replaceChildren(h('h2', {}, `Line ${line.line}, step by step`), steps(line, this.lastRun.path, this.goTo));
    const groups = parts(text(line.text), line.parser?.groups);
    this.panes.sample.highlight('lines', groups.map((part, group) => ({ line: line.line, from: part.from, to: part.to, group })));
    byId('results').dataset.line = String(line.line);
  }
}
