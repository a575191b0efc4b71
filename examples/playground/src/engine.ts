// The page's side of the worker. A newer question of the same kind makes the older one void: if the worker is still
// at it, it is ended and a new one begins, so that no stale work holds up what was typed last.

import { parseJson, stringifyJson } from 'weirgate';
import type { Answer } from './worker.ts';

/** A question was made void by a newer one. */
export class Superseded extends Error {}

interface Waiting {
  kind: string;
  sent: { id: number; method: string; request: string };
  resolve: (answer: string) => void;
  reject: (error: Error) => void;
}

/** How long a void question may still run before its worker is ended. */
const patience = 150;

export class Engine {
  private worker: Worker;
  private next = 1;
  /** Questions in the order they were asked; the worker answers them in that order. */
  private waiting: Waiting[] = [];
  /** The last question that was answered. */
  private answered = 0;

  constructor(
    private readonly url: string | URL,
    /** Told how many questions are open. */
    private readonly onprogress: (open: number) => void,
    /** Told when the module cannot be loaded. */
    private readonly onfailure: (message: string) => void,
  ) {
    this.worker = this.start();
  }

  /** Asks; `kind` names what a newer question replaces, if it is not empty. */
  async ask<T>(kind: string, method: string, request: unknown): Promise<T> {
    if (kind) this.cancel(kind);
    const sent = { id: this.next++, method, request: stringifyJson(request) };
    const answer = new Promise<string>((resolve, reject) => this.waiting.push({ kind, sent, resolve, reject }));
    this.worker.postMessage(sent);
    this.onprogress(this.waiting.length);
    return parseJson(await answer) as T;
  }

  /** Makes open questions of this kind void. */
  cancel(kind: string): void {
    const old = this.waiting.filter((open) => open.kind === kind);
    if (old.length === 0) return;
    for (const open of old) open.reject(new Superseded(kind));
    const running = this.waiting[0];
    this.waiting = this.waiting.filter((open) => open.kind !== kind);
    this.onprogress(this.waiting.length);
    if (running?.kind !== kind) return;
    const { worker } = this;
    setTimeout(() => {
      if (worker === this.worker && this.answered < running.sent.id) this.restart();
    }, patience);
  }

  private restart(): void {
    this.worker.terminate();
    this.worker = this.start();
    for (const open of this.waiting) this.worker.postMessage(open.sent);
  }

  private start(): Worker {
    const worker = new Worker(this.url, { type: 'module', name: 'weirgate' });
    worker.addEventListener('message', (event: MessageEvent<Answer>) => {
      const message = event.data;
      if ('failed' in message) return this.onfailure(message.failed);
      this.answered = message.id;
      const open = this.waiting.find((open) => open.sent.id === message.id);
      if (!open) return;
      this.waiting = this.waiting.filter((other) => other !== open);
      if ('answer' in message) open.resolve(message.answer);
      else open.reject(new Error(message.error));
      this.onprogress(this.waiting.length);
    });
    worker.addEventListener('error', (event) => this.onfailure(event.message || 'the worker could not be started'));
    return worker;
  }
}
