// What the two sides of the page have in common: two editors, a place for results, and runs after each edit.

import type { Diagnostic, Lint } from 'weirgate';
import { byId, h } from './dom.ts';
import { Editor } from './editor.ts';
import { type Engine, Superseded } from './engine.ts';
import { Tabs } from './tabs.ts';

/** Time from the last key to the run. */
const pause = 180;

export interface Panes {
  engine: Engine;
  /** The configuration's editor, above. */
  files: Editor;
  fileTabs: Tabs;
  /** What is run through it, below. */
  sample: Editor;
  sampleTabs: Tabs;
  fields: HTMLElement;
  output: HTMLElement;
  status: HTMLElement;
}

export abstract class Side {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private known: Promise<Lint[]> | undefined;

  /** The kinds of questions that an edit makes void. */
  protected abstract readonly kinds: readonly string[];

  constructor(
    protected readonly panes: Panes,
    private readonly onchange: () => void,
  ) {}

  /** An edit happened: everything is asked again, soon. */
  protected changed(): void {
    this.onchange();
    // What is still on its way is about an older text.
    for (const kind of this.kinds) this.panes.engine.cancel(kind);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), pause);
  }

  /** Asks everything now. */
  run(): void {
    clearTimeout(this.timer);
    this.answer().catch((error: unknown) => {
      if (error instanceof Superseded) return;
      this.say(error instanceof Error ? error.message : String(error), 'error');
    });
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const kind of this.kinds) this.panes.engine.cancel(kind);
  }

  protected abstract answer(): Promise<void>;

  /** What is known of each code. */
  protected lints(): Promise<Lint[]> {
    return (this.known ??= this.panes.engine.ask<Lint[]>('', 'lints', {}));
  }

  protected say(text: string, tone = ''): void {
    this.panes.status.textContent = text;
    this.panes.status.dataset.tone = tone;
  }

  protected readonly goTo = (problem: Diagnostic): void => {
    if (problem.file === null) return;
    this.showFile(problem.file);
    this.panes.files.goTo(problem);
  };

  protected readonly fix = (problem: Diagnostic): void => {
    const file = problem.fix?.edits[0]?.file;
    if (file === undefined) return;
    this.showFile(file);
    this.panes.files.fix(problem);
  };

  protected abstract showFile(name: string): void;
}

/** A labelled field above the sample. */
export function field(label: string, input: HTMLElement): HTMLElement {
  return h('label', { class: 'field' }, label, input);
}

/** The panes of the page. */
export function panes(engine: Engine, on: { file: (name: string) => void; fileText: (name: string, text: string) => void; sample: (name: string) => void; sampleText: (name: string, text: string) => void }): Panes {
  const fileTabs = new Tabs('Configuration', byId('files'), on.file);
  const sampleTabs = new Tabs('Input', byId('sample'), on.sample);
  byId('file-tabs').prepend(fileTabs.element);
  byId('sample-tabs').append(sampleTabs.element);
  return {
    engine,
    files: new Editor(byId('files'), { label: 'Configuration', onchange: on.fileText }),
    fileTabs,
    sample: new Editor(byId('sample'), { label: 'Input', onchange: on.sampleText }),
    sampleTabs,
    fields: byId('sample-fields'),
    output: byId('output'),
    status: byId('status'),
  };
}
