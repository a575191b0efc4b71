// Browsers: what questions need is fetched when `init` is called.
import { markLoaded, parts } from './halves.js';
import { answering } from './lints.js';

export * from './api.js';

// Written out, so that bundlers find the files.
const files = {
  logs: () => new URL('weirgate-logs.wasm', import.meta.url),
  metrics: () => new URL('weirgate-metrics.wasm', import.meta.url),
  lints: () => new URL('lints.json', import.meta.url),
};
const loading = {};

async function load(part, source) {
  if (part === 'lints') {
    const response = await (source instanceof Response ? source : fetch(source));
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
    parts.lints = answering(await response.text());
  } else await parts[part].default({ module_or_path: source });
  markLoaded(part);
}

/** Loads one part, or all of them, once. */
export async function init(part, source) {
  if (part === undefined) return void (await Promise.all(Object.keys(files).map((part) => init(part))));
  if (!Object.hasOwn(files, part)) throw new TypeError(`init loads 'logs', 'metrics' or 'lints', not ${JSON.stringify(part)}`);
  loading[part] ??= load(part, source ?? files[part]()).catch((error) => {
    // The next call tries again.
    delete loading[part];
    throw error;
  });
  return loading[part];
}
