// Browsers: the module is fetched when `init` is called.
import load from './glue.js';

export * from './api.js';

let loaded;

/** Loads the module, once. */
export function init(source = new URL('weirgate.wasm', import.meta.url)) {
  loaded ??= load({ module_or_path: source }).then(() => undefined);
  loaded.catch(() => (loaded = undefined));
  return loaded;
}
