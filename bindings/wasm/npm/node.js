// Node: what a question needs is read from beside this file when it is asked first.
import { readFileSync } from 'node:fs';
import { loadNowWith, markLoaded, parts } from './halves.js';
import { answering } from './lints.js';

const read = (file) => readFileSync(new URL(file, import.meta.url));

loadNowWith((part) => {
  if (part === 'lints') parts.lints = answering(read('lints.json').toString());
  else parts[part].initSync({ module: read(`weirgate-${part}.wasm`) });
  return markLoaded(part);
});

export * from './api.js';

/** Nothing is left to do here; it is for programs that run in browsers too. */
export async function init() {}
