// CodeMirror with what the page asks of it: several files in one view, problems with fixes, coloured groups.

import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from '@codemirror/view';
import type { Diagnostic as Problem } from 'weirgate';
import { highlighting, languageOf } from './languages.ts';

/** A part of a line, in UTF-16 units from its start, coloured as group number `group`. */
export interface Highlight {
  line: number;
  from: number;
  to: number;
  group: number;
}

/** Colours of groups in style.css. */
export const groupColours = 6;

const setHighlights = StateEffect.define<readonly Highlight[]>();
const highlights = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let set = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setHighlights)) set = decorations(transaction.state.doc, effect.value);
    }
    return set;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The style element of CodeMirror carries this; the page's policy names it. */
export const styleNonce = 'weirgate-editor';

export interface Options {
  label: string;
  hint?: string;
  wrap?: boolean;
  /** Draws line numbers and the gutter of problems. */
  numbers?: boolean;
  onchange: (name: string, text: string) => void;
}

export class Editor {
  readonly view: EditorView;
  private readonly states = new Map<string, EditorState>();
  private readonly problems = new Map<string, readonly Problem[]>();
  private name = '';
  /** The text changed since the problems were told: their places are no longer right. */
  private stale = false;

  constructor(
    parent: HTMLElement,
    private readonly options: Options,
  ) {
    this.view = new EditorView({ parent, extensions: EditorView.cspNonce.of(styleNonce) });
  }

  /** Replaces all files. */
  load(files: Record<string, string>, active: string): void {
    this.states.clear();
    this.problems.clear();
    for (const [name, text] of Object.entries(files)) this.states.set(name, this.state(name, text));
    this.name = '';
    this.show(active);
  }

  /** Brings a file to the front. */
  show(name: string): void {
    if (name === this.name) return;
    if (this.states.has(this.name)) this.states.set(this.name, this.view.state);
    const state = this.states.get(name) ?? this.state(name, '');
    this.states.set(name, state);
    this.name = name;
    this.view.setState(state);
    this.mark();
  }

  /** Replaces the text of the file in front, as an edit that can be undone. */
  replace(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** Underlines the problems of each file. */
  setProblems(problems: readonly Problem[]): void {
    this.stale = false;
    this.problems.clear();
    for (const problem of problems) {
      const name = problem.file ?? '';
      this.problems.set(name, [...(this.problems.get(name) ?? []), problem]);
    }
    this.mark();
  }

  /** Colours parts of lines of a file, if it is in front. */
  highlight(name: string, parts: readonly Highlight[]): void {
    if (name === this.name) this.view.dispatch({ effects: setHighlights.of(parts) });
  }

  /** Shows a problem's place and puts the cursor there. */
  goTo(problem: Problem): void {
    if (problem.file === null) return;
    this.show(problem.file);
    const at = Math.min(problem.start ?? 0, this.view.state.doc.length);
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    this.view.focus();
  }

  /** Applies the edits of a problem's fix. */
  fix(problem: Problem): void {
    if (this.stale) return;
    for (const file of new Set(problem.fix?.edits.map((edit) => edit.file))) {
      this.show(file);
      const end = this.view.state.doc.length;
      const edits = problem.fix?.edits.filter((edit) => edit.file === file && edit.end <= end) ?? [];
      this.view.dispatch({ changes: edits.map((edit) => ({ from: edit.start, to: edit.end, insert: edit.replacement })), userEvent: 'input.fix' });
    }
    this.view.focus();
  }

  private mark(): void {
    const end = this.view.state.doc.length;
    const found = (this.problems.get(this.name) ?? []).filter((problem) => problem.start !== undefined && problem.start <= end);
    const diagnostics = found.map((problem): Diagnostic => {
      const from = problem.start ?? 0;
      return {
        from,
        to: Math.min(end, Math.max(from, problem.end ?? from)),
        severity: problem.severity,
        source: problem.code,
        message: problem.help ? `${problem.message}\n${problem.help}` : problem.message,
        actions: problem.fix ? [{ name: `Fix: ${problem.fix.title}`, apply: () => this.fix(problem) }] : [],
      };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  private state(name: string, doc: string): EditorState {
    const { label, hint, wrap, numbers, onchange } = this.options;
    const language = languageOf(name);
    const extensions: Extension[] = [
      EditorView.cspNonce.of(styleNonce),
      numbers === false ? [] : [lineNumbers(), lintGutter(), highlightActiveLine()],
      wrap ? EditorView.lineWrapping : [],
      hint ? placeholder(hint) : [],
      language ? language : [],
      history(),
      drawSelection(),
      search({ top: true }),
      highlightSelectionMatches(),
      syntaxHighlighting(highlighting),
      highlights,
      theme,
      keymap.of([...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': `${label}: ${name}` }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        this.stale = true;
        onchange(this.name, update.state.doc.toString());
      }),
    ];
    return EditorState.create({ doc, extensions });
  }
}

function decorations(doc: Text, parts: readonly Highlight[]): DecorationSet {
  const ranges = parts
    .filter((part) => part.line >= 1 && part.line <= doc.lines && part.from < part.to)
    .map((part) => {
      const line = doc.line(part.line);
      const mark = Decoration.mark({ class: `group group-${part.group % groupColours}` });
      return mark.range(Math.min(line.from + part.from, line.to), Math.min(line.from + part.to, line.to));
    })
    .filter((range) => range.from < range.to);
  return Decoration.set(ranges, true);
}

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'transparent', color: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--ink-faint)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'var(--line-active)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--ink-soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selection) !important',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--match)' },
  '.cm-searchMatch': { backgroundColor: 'var(--match)', outline: '1px solid var(--accent)' },
  '.cm-panels': { backgroundColor: 'var(--surface-raised)', color: 'var(--ink)', borderColor: 'var(--border)' },
  '.cm-placeholder': { color: 'var(--ink-faint)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--error) 1.5px', textUnderlineOffset: '4px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warning) 1.5px', textUnderlineOffset: '4px' },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--info) 2px', textUnderlineOffset: '4px' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--error)' },
  '.cm-lint-marker': { width: '8px', height: '8px', padding: '6px 2px' },
  '.cm-lint-marker-error': { content: '""', color: 'var(--error)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface-raised)',
    color: 'var(--ink)',
    border: '1px solid var(--border-strong)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow)',
    maxWidth: 'min(520px, 90vw)',
  },
  '.cm-diagnostic': { padding: '8px 12px', borderLeft: 'none', whiteSpace: 'pre-wrap', fontFamily: 'var(--sans)', fontSize: '13px', lineHeight: '1.5' },
  '.cm-diagnosticSource': { fontFamily: 'var(--mono)', fontSize: '11px', opacity: '0.75' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
    borderRadius: '6px',
    padding: '2px 10px',
    marginLeft: '8px',
    fontFamily: 'var(--sans)',
    fontSize: '12px',
  },
});
