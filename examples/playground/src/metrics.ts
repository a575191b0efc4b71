// The metrics side: which targets a prometheus.yml makes of the pods, and why; and what an exposition says.

import type { CheckAnswer, Diagnostic, ExpositionAnswer, JobTargets, Labels, Lint, MatchGroup, RelabelAnswer, RelabelStep, TargetsAnswer } from 'weirgate';
import { utf16Offset } from './content.ts';
import { count, h } from './dom.ts';
import { Superseded } from './engine.ts';
import { List } from './list.ts';
import { card, chip, legend, marked, type Part, problemsCard, type Row, step, table } from './parts.ts';
import { draw, type Filter } from './picture.ts';
import { field, Side } from './side.ts';
import { contentTypes, type MetricsState } from './state.ts';

interface Entry {
  job: string;
  address: string;
  url: string;
  /** The rule that dropped it. */
  rule: RelabelStep | null;
  discovered: Labels;
}

const config = 'prometheus.yml';

export class MetricsSide extends Side {
  protected override readonly kinds = ['check', 'targets', 'relabel', 'exposition'];
  private state!: MetricsState;
  private entries: Entry[] = [];
  private selected: Entry | undefined;
  private readonly list = new List<Entry>('Targets', 34, (entry) => this.row(entry), (entry) => this.select(entry));
  private readonly trace = h('section', { class: 'card trace', 'aria-label': 'Rules' });
  private readonly exposition = h('div');
  private readonly top = h('div');

  /** Shows a state. */
  load(state: MetricsState): void {
    this.state = state;
    const { files, sample, fields, output, fileTabs } = this.panes;
    this.list.element.id = 'targets';
    files.load({ [config]: state.prometheus }, config);
    fileTabs.set([{ name: config, label: config }], config);
    sample.load({ 'pods.json': state.pods, 'exposition.prom': state.exposition }, 'pods.json');
    const type = h('select', { id: 'content-type', onchange: () => this.setType(type.value) }, ...Object.entries(contentTypes).map(([value, label]) => h('option', { value }, label)));
    type.value = state.contentType;
    fields.replaceChildren(field('Read the exposition as', type));
    this.showSample('pods.json');
    this.selected = undefined;
    this.top.className = 'stack';
    output.replaceChildren(this.top, h('section', { class: 'card', 'aria-label': 'Targets' }, h('div', { class: 'list-head' }, h('h2', {}, 'Targets')), this.list.element), this.trace, this.exposition);
    this.trace.hidden = true;
    this.run();
  }

  edited(name: string, text: string): void {
    if (name === config) this.state.prometheus = text;
    else if (name === 'pods.json') this.state.pods = text;
    else this.state.exposition = text;
    this.changed();
  }

  override showFile(): void {}

  showSample(name: string): void {
    this.panes.sample.show(name);
    this.panes.sampleTabs.set(
      [
        { name: 'pods.json', label: 'Pods' },
        { name: 'exposition.prom', label: 'Exposition' },
      ],
      name,
    );
    this.panes.fields.hidden = name === 'pods.json';
  }

  protected override async answer(): Promise<void> {
    const { engine } = this.panes;
    const { prometheus, pods, exposition, contentType } = this.state;
    const scraped = engine.ask<ExpositionAnswer>('exposition', 'exposition', { body: exposition, content_type: contentType });
    scraped.then((answer) => this.showExposition(answer), () => undefined);
    const checked = engine.ask<CheckAnswer>('check', 'check', { files: { [config]: prometheus }, kind: 'prometheus', positions: 'utf16' });
    checked.catch(() => undefined);
    const answer = await engine.ask<TargetsAnswer>('targets', 'targets', { prometheus, objects: pods.trim() || '[]', positions: 'utf16' });
    this.showTargets(answer, (await checked).diagnostics, await this.lints());
    await scraped;
  }

  private setType(type: string): void {
    this.state.contentType = type;
    this.changed();
  }

  private showTargets({ jobs }: TargetsAnswer, problems: Diagnostic[], lints: Lint[]): void {
    this.panes.files.setProblems(problems);
    this.entries = jobs.flatMap((job) => [
      ...job.active.map((target) => ({ job: job.job, address: target.discovered.__address__ ?? '', url: target.url, rule: null, discovered: target.discovered })),
      ...job.dropped.map((target) => ({ job: job.job, address: target.discovered.__address__ ?? '', url: '', rule: target.step, discovered: target.discovered })),
    ]);
    const pictures = jobs.map((job) => card(`Job ${job.job}`, h('div', { class: 'picture' }, this.picture(job)), notes(job)));
    this.top.replaceChildren(...[problemsCard(problems, lints, this.goTo, this.fix), ...pictures].filter((node) => node !== null));
    const same = (entry: Entry) => entry.job === this.selected?.job && entry.discovered.__address__ === this.selected.discovered.__address__ && entry.discovered.__meta_kubernetes_pod_name === this.selected.discovered.__meta_kubernetes_pod_name;
    const index = this.entries.findIndex(same);
    this.list.set(this.entries, index);
    const entry = this.entries[index] ?? this.entries[0];
    if (entry) this.select(entry);
    else this.trace.hidden = true;
    if (index < 0 && entry) this.list.set(this.entries, 0);
    const active = this.entries.filter((entry) => !entry.rule).length;
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    if (errors > 0) this.say(`Prometheus would not start: ${count(errors, 'error')}.`, 'error');
    else this.say(`${count(active, 'target')} scraped, ${this.entries.length - active} dropped.`);
  }

  private picture(job: JobTargets): SVGSVGElement {
    const discovered = job.active.length + job.dropped.length + job.merged.length + job.failures.length;
    const rules = [...new Set(job.dropped.map((target) => target.step.rule))].sort((a, b) => a - b);
    let left = discovered;
    const filters = rules.map((rule): Filter => {
      const dropped = job.dropped.filter((target) => target.step.rule === rule);
      left -= dropped.length;
      const action = dropped[0]?.step.action ?? '';
      return { id: `rule-${rule}`, name: `rule ${rule + 1}: ${action}`, note: `drops ${dropped.length}`, title: `Rule ${rule + 1}, ${action}, drops ${count(dropped.length, 'target')}`, out: left, dropped: dropped.length };
    });
    return draw(
      {
        sources: [{ id: 'discovered', name: 'discovered', note: job.job, title: `${count(discovered, 'target')} discovered`, out: discovered }],
        filters,
        sinks: [{ id: 'scraped', name: 'scraped', note: count(job.active.length, 'target'), title: `${count(job.active.length, 'target')} scraped`, in: job.active.length }],
        unrouted: 0,
      },
      '',
      (id) => this.selectFirst(job.job, id),
    );
  }

  /** Selects the first target that a gate of a picture is about. */
  private selectFirst(job: string, gate: string): void {
    const index = this.entries.findIndex((entry) => entry.job === job && (gate === 'discovered' || (gate === 'scraped' ? !entry.rule : entry.rule && gate === `rule-${entry.rule.rule}`)));
    const entry = this.entries[index];
    if (!entry) return;
    this.list.set(this.entries, index);
    this.select(entry);
  }

  private row(entry: Entry): Node[] {
    const pod = entry.discovered.__meta_kubernetes_pod_name;
    return [
      h('span', { class: 'row-text' }, entry.rule ? entry.address : entry.url, pod ? h('span', { class: 'row-more' }, `  ${pod}`) : null),
      entry.rule ? chip(`dropped by rule ${entry.rule.rule + 1}`, 'lost') : chip('scraped', 'good'),
    ];
  }

  private select(entry: Entry): void {
    this.selected = entry;
    this.explain(entry).catch((error: unknown) => {
      if (!(error instanceof Superseded)) this.say(String(error), 'error');
    });
  }

  private async explain(entry: Entry): Promise<void> {
    const { prometheus } = this.state;
    const answer = await this.panes.engine.ask<RelabelAnswer>('relabel', 'relabel', { prometheus, job: entry.job, labels: entry.discovered, positions: 'utf16' });
    this.trace.hidden = false;
    this.trace.replaceChildren(h('h2', {}, `What the rules do to ${entry.address}`), h('ol', { class: 'steps' }, discovered(answer.before), ...answer.steps.map((rule) => this.rule(rule)), end(answer)));
  }

  private rule(rule: RelabelStep): HTMLElement {
    const { place } = rule;
    const problem: Diagnostic | null = place && { ...place, severity: 'info', code: '', message: '', help: null, fix: null };
    const link = problem && h('button', { type: 'button', class: 'place', onclick: () => this.panes.files.goTo(problem) }, `line ${place?.line}`);
    const tones: Record<RelabelStep['effect'], [string, string]> = {
      changed: ['changes labels', 'good'],
      dropped: ['drops the target', 'lost'],
      nothing: [rule.matched === true && rule.action === 'keep' ? 'keeps the target' : 'changes nothing', ''],
      'no-match': [rule.action === 'drop' ? 'keeps the target' : 'does not match', ''],
      'invalid-target': ['makes no valid name', 'error'],
    };
    const [text, tone] = tones[rule.effect];
    const body: (Node | null)[] = [];
    if (rule.value !== null) {
      const parts = groups(rule.groups);
      body.push(marked(rule.value, parts), parts.length > 0 ? legend(rule.value, parts) : null);
      if (rule.compared !== null) body.push(h('p', {}, `compared with “${rule.compared}”`));
    }
    if (rule.regex !== null) body.push(h('p', {}, 'against ', h('code', {}, rule.regex)));
    if (rule.names && rule.names.length > 0) body.push(h('p', {}, `Matching names: ${rule.names.join(', ')}`));
    if (rule.changes.length > 0) {
      const rows = rule.changes.map((change): Row => ({ cells: [change.name, change.before ?? '—', change.after ?? 'removed'] }));
      body.push(table(`Labels changed by rule ${rule.rule + 1}`, ['label', 'before', 'after'], rows));
    }
    const shown = rule.effect === 'dropped' ? 'lost' : rule.effect === 'changed' ? '' : 'idle';
    return step(`Rule ${rule.rule + 1}: ${rule.action}`, [chip(text, tone), link], body, shown);
  }

  private showExposition(answer: ExpositionAnswer): void {
    const { error } = answer;
    const text = this.state.exposition;
    const problem = error && expositionProblem(text, error.message, error.offset, error.seen);
    this.panes.sample.setProblems(problem ? [problem] : []);
    const rows = answer.entries.flatMap((entry): Row[] => {
      if (entry.kind !== 'series') return [];
      const labels = entry.labels.filter(([name]) => name !== '__name__').map(([name, value]) => `${String(name)}="${String(value)}"`);
      const name = entry.labels.find(([name]) => name === '__name__')?.[1];
      return [{ cells: [String(name ?? ''), labels.join(', '), entry.value, entry.ts === null ? '' : String(entry.ts)] }];
    });
    const shown = rows.slice(0, 200);
    const goTo = () => {
      this.showSample('exposition.prom');
      if (problem) this.panes.sample.goTo(problem);
    };
    this.exposition.replaceChildren(
      ...[
        problem ? problemsCard([problem], [], goTo, goTo) : null,
        card(
          `Exposition: ${count(rows.length, 'sample')}${error ? ' before the error; Prometheus keeps none of them' : ''}`,
          h('div', { class: 'inset' }, shown.length > 0 ? table('Samples', ['metric', 'labels', 'value', 'time'], shown) : h('p', { class: 'empty' }, 'No samples.')),
          rows.length > shown.length ? h('p', { class: 'empty' }, `The first ${shown.length} are shown.`) : null,
        ),
      ].filter((node) => node !== null),
    );
    this.exposition.className = 'stack';
  }
}

function notes(job: JobTargets): HTMLElement | null {
  const lines = [...job.failures.map((failure) => `No target: ${failure}`), ...job.not_asked.map((name) => `${name} cannot be asked here.`)];
  if (job.merged.length > 0) lines.push(`${count(job.merged.length, 'entry makes', 'entries make')} a target that another entry makes too.`);
  return lines.length === 0 ? null : h('ul', { class: 'empty' }, ...lines.map((line) => h('li', {}, line)));
}

function discovered(labels: Labels): HTMLElement {
  const rows = Object.entries(labels).map(([name, value]): Row => ({ cells: [name, value] }));
  return step('Discovered', [chip(count(rows.length, 'label'))], [h('details', {}, h('summary', {}, 'Labels before the rules'), table('Labels before the rules', [], rows))]);
}

function end(answer: RelabelAnswer): HTMLElement | null {
  const { target } = answer;
  if (target) {
    const rows = Object.entries(target.labels).map(([name, value]): Row => ({ cells: [name, value] }));
    return step('Target', [chip(`every ${target.interval_ms / 1000} s`)], [marked(target.url, []), table('Labels of the target', [], rows)]);
  }
  return answer.target_error ? step('No target', [chip('error', 'error')], [h('p', {}, answer.target_error)], 'lost') : null;
}

function groups(found: MatchGroup[]): Part[] {
  return found.slice(1).flatMap((group, index) => (group.start === null || group.end === null ? [] : [{ name: group.name ?? `$${index + 1}`, from: group.start, to: group.end }]));
}

function expositionProblem(text: string, message: string, bytes: number | null, seen: string | null): Diagnostic {
  const start = bytes === null ? 0 : utf16Offset(text, bytes);
  const before = text.slice(0, start).split('\n');
  const lineEnd = text.indexOf('\n', start);
  const place = { file: 'exposition.prom', line: before.length, column: (before.at(-1)?.length ?? 0) + 1, end_line: before.length, end_column: 0, start, end: lineEnd < 0 ? text.length : lineEnd };
  return { ...place, severity: 'error', code: 'exposition', message, help: seen ? `This looks like ${seen}.` : null, fix: null };
}
