// The parts of the package: two modules, each with half of the questions, and the texts of the lints.
import * as logs from './logs.js';
import * as metrics from './metrics.js';

/** What answers for each part; the texts come when they are loaded. */
export const parts = { logs, metrics };
/** The parts that are loaded. */
const loaded = new Set();
/** Loads a part at once, where that can be done. */
let loadNow = () => false;

/** A question that has no answer. */
export class WeirgateError extends Error {
  constructor(kind, message, part) {
    super(message);
    this.name = 'WeirgateError';
    this.kind = kind;
    /** With the kind `not-loaded`: what `init` has to load. */
    this.part = part;
  }
}

export const markLoaded = (part) => loaded.add(part);
export const loadNowWith = (load) => (loadNow = load);

const ofMetrics = new Set([
  'relabel', 'discover', 'targets', 'prometheus_config', 'exposition', 'write_exposition',
]);
const ofEither = new Set(['check', 'fix']);
const metricsKind = /"kind"\s*:\s*"(?:prometheus|open-telemetry|exposition)"/;

function firstPart(method, request) {
  if (method === 'lints') return 'lints';
  if (ofMetrics.has(method)) return 'metrics';
  if (!ofEither.has(method)) return 'logs';
  if (metricsKind.test(request)) return 'metrics';
  return loaded.has('metrics') && !loaded.has('logs') ? 'metrics' : 'logs';
}

function askPart(part, method, request) {
  if (!loaded.has(part) && !loadNow(part)) {
    throw new WeirgateError('not-loaded', `\`${method}\` needs what is not loaded yet: await init('${part}') first`, part);
  }
  return parts[part].call(method, request);
}

/** Asks the part that has the question; throws errors as the modules do. */
function askEither(method, request) {
  const first = firstPart(method, request);
  try {
    return askPart(first, method, request);
  } catch (error) {
    if (typeof error !== 'string' || JSON.parse(error).kind !== 'other-half') throw error;
    return askPart(first === 'logs' ? 'metrics' : 'logs', method, request);
  }
}

/** For the module of the log half. */
export function askMetrics(method, request) {
  try {
    return askPart('metrics', method, request);
  } catch (error) {
    // The caller is told, and asks where the page can load what is missing.
    if (error instanceof WeirgateError) throw JSON.stringify({ kind: 'other-half', message: error.message });
    throw error;
  }
}

/** Asks in JSON, and gives the answer's bytes as they are. */
export function call(method, request) {
  try {
    return askEither(method, request);
  } catch (error) {
    if (typeof error !== 'string') throw error;
    const { kind, message } = JSON.parse(error);
    throw new WeirgateError(kind, message);
  }
}
