// Tabs as the ARIA practices have them: one tab stop, arrows move, the panel follows.

import { h } from './dom.ts';

export interface Tab {
  name: string;
  label: string;
  /** A small number beside the label. */
  badge?: string | undefined;
  /** `error` or `warning` colours the badge. */
  tone?: string | undefined;
}

export class Tabs {
  readonly element: HTMLElement;
  private tabs: Tab[] = [];
  private selected = '';

  constructor(
    label: string,
    private readonly panel: HTMLElement,
    private readonly onselect: (name: string) => void,
  ) {
    this.element = h('div', { role: 'tablist', 'aria-label': label, class: 'tabs', onkeydown: (event: KeyboardEvent) => this.move(event) });
    panel.setAttribute('role', 'tabpanel');
  }

  /** Draws the tabs; the focus stays where it was. */
  set(tabs: Tab[], selected: string): void {
    const focused = this.element.contains(document.activeElement);
    this.tabs = tabs;
    this.selected = selected;
    this.element.replaceChildren(
      ...tabs.map((tab) => {
        const current = tab.name === selected;
        const id = `${this.panel.id}-tab-${tabs.indexOf(tab)}`;
        if (current) this.panel.setAttribute('aria-labelledby', id);
        return h(
          'button',
          {
            id,
            type: 'button',
            role: 'tab',
            'aria-selected': String(current),
            'aria-controls': this.panel.id,
            tabindex: current ? 0 : -1,
            onclick: () => this.choose(tab.name),
          },
          tab.label,
          tab.badge ? h('span', { class: 'badge', 'data-tone': tab.tone }, tab.badge) : null,
        );
      }),
    );
    if (focused) this.focus();
  }

  private choose(name: string): void {
    if (name !== this.selected) {
      this.set(this.tabs, name);
      this.onselect(name);
    }
    this.focus();
  }

  private focus(): void {
    this.element.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
  }

  private move(event: KeyboardEvent): void {
    const at = this.tabs.findIndex((tab) => tab.name === this.selected);
    const last = this.tabs.length - 1;
    const to = { ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at > 0 ? at - 1 : last, Home: 0, End: last }[event.key];
    const tab = to === undefined ? undefined : this.tabs[to];
    if (tab) {
      event.preventDefault();
      this.choose(tab.name);
    }
  }
}
