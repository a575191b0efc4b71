// Node: the module is read from beside this file when the package is imported.
import { readFileSync } from 'node:fs';
import { initSync } from './glue.js';

initSync({ module: readFileSync(new URL('weirgate.wasm', import.meta.url)) });

export * from './api.js';

/** Nothing is left to do here; it is for programs that run in browsers too. */
export async function init() {}
