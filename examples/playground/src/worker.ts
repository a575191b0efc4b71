// Runs Weirgate beside the page, so that nothing typed or pasted can make the page stop answering.

import { call, type ExplainAnswer, init, type LineTrace, parseJson, stringifyJson } from 'weirgate';
import { summary } from './run.ts';

export interface Question {
  id: number;
  /** A question of the package; or `run`, which is `explain` in short, and `trace`, one line of the last run. */
  method: string;
  request: string;
}

export type Answer = { id: number; answer: string } | { id: number; error: string } | { failed: string };

let lines: LineTrace[] = [];

const ready = init(new URL('weirgate.wasm', import.meta.url));
const say = (answer: Answer) => postMessage(answer);
ready.catch((error: unknown) => say({ failed: String(error) }));

addEventListener('message', async (event: MessageEvent<Question>) => {
  const { id, method, request } = event.data;
  try {
    await ready;
    say({ id, answer: answer(method, request) });
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

function answer(method: string, request: string): string {
  if (method === 'run') {
    const explained = parseJson(call('explain', request)) as ExplainAnswer;
    lines = explained.lines;
    return stringifyJson(summary(explained));
  }
  if (method === 'trace') return stringifyJson(lines[Number(request)] ?? null);
  return call(method, request);
}
