// The questions, the same for Node and browsers. What they take and give is in index.d.ts.
import { call, WeirgateError } from './halves.js';
import { parseJson, stringifyJson } from './json.js';

export { call, parseJson, stringifyJson, WeirgateError };

const ask = (method, request) => parseJson(call(method, stringifyJson(request)));
/** Places are counted as JavaScript's strings are, unless the caller says otherwise. */
const askWithPositions = (method, request) => ask(method, { positions: 'utf16', ...request });

export const check = (request) => askWithPositions('check', request);
export const fix = (request) => askWithPositions('fix', request);
export const lints = () => ask('lints', {});
export const pipeline = (request) => askWithPositions('pipeline', request);
export const explain = (request) => askWithPositions('explain', request);
export const parse = (request) => askWithPositions('parse', request);
export const tag = (request) => ask('tag', request);
export const relabel = (request) => askWithPositions('relabel', request);
export const discover = (request) => ask('discover', request);
export const targets = (request) => askWithPositions('targets', request);
export const prometheusConfig = (request) => askWithPositions('prometheus_config', request);
export const exposition = (request) => ask('exposition', request);
export const writeExposition = (request) => ask('write_exposition', request);
export const bulk = (request) => ask('bulk', request);
export const bulkResponse = (request) => ask('bulk_response', request);
export const convert = (request) => askWithPositions('convert', request);
export const test = (request) => askWithPositions('test', request);
