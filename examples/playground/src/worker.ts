// Runs Weirgate beside the page, so that nothing typed or pasted can make the page stop answering.

import { call, type ExplainAnswer, init, type LineTrace, type Part, parseJson, stringifyJson, WeirgateError } from 'weirgate';
import { summary } from './run.ts';

export interface Question {
  id: number;
  /** A question of the package; or `run`, which is `explain` in short, and `trace`, one line of the last run. */
  method: string;
  request: string;
}

export type Answer = { id: number; answer: string } | { id: number; error: string } | { failed: string };

let lines: LineTrace[] = [];

const files: Record<Part, string> = { logs: 'weirgate-logs.wasm', metrics: 'weirgate-metrics.wasm', lints: 'lints.json' };
const load = (part: Part) => init(part, new URL(files[part], import.meta.url));
const say = (answer: Answer) => postMessage(answer);

// One after the other, though a part may have to be loaded first.
let last = Promise.resolve();
addEventListener('message', (event: MessageEvent<Question>) => {
  last = last.then(() => reply(event.data));
});

async function reply({ id, method, request }: Question): Promise<void> {
  for (;;) {
    try {
      return say({ id, answer: answer(method, request) });
    } catch (error) {
      if (!(error instanceof WeirgateError && error.part)) {
        return say({ id, error: error instanceof Error ? error.message : String(error) });
      }
      try {
        await load(error.part);
      } catch (failure) {
        return say({ failed: String(failure) });
      }
    }
  }
}

function answer(method: string, request: string): string {
  if (method === 'run') {
    const explained = parseJson(call('explain', request)) as ExplainAnswer;
    lines = explained.lines;
    return stringifyJson(summary(explained));
  }
  if (method === 'trace') return stringifyJson(lines[Number(request)] ?? null);
  return call(method, request);
}
