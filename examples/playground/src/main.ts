// The page: its top bar, the side in front, and the link that holds what it shows.

import { byId, h } from './dom.ts';
import { Engine } from './engine.ts';
import * as examples from './examples.ts';
import { pack, unpack } from './link.ts';
import { LogsSide } from './logs.ts';
import { MetricsSide } from './metrics.ts';
import { panes } from './side.ts';
import { asState, type Mode, modes, type State } from './state.ts';
import { setUpTheme } from './theme.ts';

const state: State = {
  side: 'logs',
  logs: structuredClone(Object.values(examples.logs)[0]) as State['logs'],
  metrics: structuredClone(Object.values(examples.metrics)[0]) as State['metrics'],
};

const progress = byId('progress');
let showProgress: ReturnType<typeof setTimeout> | undefined;
const engine = new Engine(
  new URL('worker.js', import.meta.url),
  (open) => {
    byId('results').setAttribute('aria-busy', String(open > 0));
    // What is quick needs no bar.
    if (open > 0) showProgress ??= setTimeout(() => (progress.hidden = false), 200);
    else {
      clearTimeout(showProgress);
      showProgress = undefined;
      progress.hidden = true;
    }
  },
  (message) => {
    byId('status').textContent = `Weirgate could not be loaded: ${message}. Reload the page to try again.`;
    byId('status').dataset.tone = 'error';
  },
);

const current = () => (state.side === 'logs' ? logs : metrics);
const view = panes(engine, {
  file: (name) => current().showFile(name),
  fileText: (name, text) => current().edited(name, text),
  sample: (name) => current().showSample(name),
  sampleText: (name, text) => current().edited(name, text),
});
const edited = () => {
  byId<HTMLSelectElement>('example').value = '';
};
const logs = new LogsSide(view, edited);
const metrics = new MetricsSide(view, edited);

function show(): void {
  const isLogs = state.side === 'logs';
  byId('side-logs').setAttribute('aria-pressed', String(isLogs));
  byId('side-metrics').setAttribute('aria-pressed', String(!isLogs));
  byId('release-label').hidden = !isLogs;
  byId('file-tools').hidden = !isLogs;
  byId<HTMLSelectElement>('release').value = state.logs.mode;
  const picker = byId<HTMLSelectElement>('example');
  const names = Object.keys(isLogs ? examples.logs : examples.metrics);
  picker.replaceChildren(h('option', { value: '' }, 'Your own'), ...names.map((name) => h('option', { value: name }, name)));
  const shown = JSON.stringify(isLogs ? state.logs : state.metrics);
  picker.value = names.find((name) => JSON.stringify(isLogs ? examples.logs[name] : examples.metrics[name]) === shown) ?? '';
  if (isLogs) {
    metrics.stop();
    logs.load(state.logs);
  } else {
    logs.stop();
    metrics.load(state.metrics);
  }
}

function setUp(): void {
  setUpTheme(byId<HTMLButtonElement>('theme'));
  const sides: State['side'][] = ['logs', 'metrics'];
  for (const side of sides) {
    byId(`side-${side}`).addEventListener('click', () => {
      if (state.side === side) return;
      state.side = side;
      show();
    });
  }
  const picker = byId<HTMLSelectElement>('example');
  picker.addEventListener('change', () => {
    const [chosenLogs, chosenMetrics] = [examples.logs[picker.value], examples.metrics[picker.value]];
    if (state.side === 'logs' && chosenLogs) state.logs = structuredClone(chosenLogs);
    else if (state.side === 'metrics' && chosenMetrics) state.metrics = structuredClone(chosenMetrics);
    else return;
    history.replaceState(null, '', location.pathname);
    show();
  });
  const release = byId<HTMLSelectElement>('release');
  release.append(...Object.entries(modes).map(([value, label]) => h('option', { value }, label)));
  release.addEventListener('change', () => logs.setMode(release.value as Mode));
  byId('file-tools').append(...logs.tools);
  byId('share').addEventListener('click', () => void share());
  addEventListener('hashchange', () => void fromLink());
}

/** Puts the state into the address, and the address on the clipboard. */
async function share(): Promise<void> {
  const hash = await pack(state);
  history.replaceState(null, '', hash);
  const button = byId('share');
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = 'Copied';
  } catch {
    // Without a right to the clipboard the address bar has it.
    button.textContent = 'In the address bar';
  }
  setTimeout(() => (button.textContent = 'Copy link'), 2000);
}

async function fromLink(): Promise<void> {
  const linked = asState(await unpack(location.hash));
  if (linked) Object.assign(state, linked);
  else if (location.hash.length > 1) history.replaceState(null, '', location.pathname);
  show();
}

setUp();
void fromLink();
