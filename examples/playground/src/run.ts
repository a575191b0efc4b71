// A run of a log configuration, put together in the worker: a page of a few thousand lines needs of each line only
// what its row says, and the whole trace of the one that is looked at.

import type { Diagnostic, ExplainAnswer, LineTrace } from 'weirgate';
import { text } from './content.ts';

/** What the row of a line says. */
export interface Row {
  line: number;
  /** The beginning of its text. */
  text: string;
  state: LineTrace['state'];
  input: string;
  joinedTo: number | null;
  /** The filter that dropped it. */
  droppedBy: string | null;
  outputs: string[];
}

export interface Run {
  started: boolean;
  path: string;
  rows: Row[];
  /** The filters that saw a record, in the order of the file. */
  filters: { name: string; seen: number }[];
  /** All outputs, in the order of the file. */
  outputs: string[];
  notFollowed: string[];
  diagnostics: Diagnostic[];
}

const longest = 240;

export function summary(answer: ExplainAnswer): Run {
  const filters: { name: string; seen: number }[] = [];
  const rows = answer.lines.map((line): Row => {
    const outputs = new Set<string>();
    for (const pass of line.passes) {
      let before = -1;
      for (const { filter } of pass.filters) {
        let at = filters.findIndex(({ name }) => name === filter);
        if (at < 0) {
          at = before + 1;
          filters.splice(at, 0, { name: filter, seen: 0 });
        }
        const found = filters[at];
        if (found) found.seen += 1;
        before = at;
      }
      for (const { output } of pass.outputs) outputs.add(output);
    }
    const last = line.passes.at(-1)?.filters.at(-1);
    return {
      line: line.line,
      text: text(line.text).slice(0, longest),
      state: line.state,
      input: line.input,
      joinedTo: line.joined_to ?? null,
      droppedBy: line.state === 'dropped' ? (last?.filter ?? null) : null,
      outputs: [...outputs],
    };
  });
  return { started: answer.started, path: answer.path, rows, filters, outputs: answer.outputs, notFollowed: answer.not_followed, diagnostics: answer.diagnostics };
}
