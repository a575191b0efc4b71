// A list box that draws only the rows in sight, so that thousands cost no more than a screenful.

import { h } from './dom.ts';

const overscan = 8;

export class List<T> {
  readonly element: HTMLElement;
  private readonly rows: HTMLElement;
  private items: readonly T[] = [];
  private selected = -1;

  constructor(
    label: string,
    private readonly rowHeight: number,
    private readonly draw: (item: T) => Node[],
    private readonly onselect: (item: T) => void,
  ) {
    this.rows = h('div', { class: 'rows', role: 'presentation' });
    this.element = h(
      'div',
      {
        class: 'list',
        role: 'listbox',
        'aria-label': label,
        tabindex: 0,
        onscroll: () => this.paint(),
        onkeydown: (event: KeyboardEvent) => this.key(event),
      },
      this.rows,
    );
    new ResizeObserver(() => this.paint()).observe(this.element);
  }

  /** Shows other items, with one of them selected (or none: -1). */
  set(items: readonly T[], selected: number): void {
    this.items = items;
    this.selected = selected;
    this.rows.style.height = `${items.length * this.rowHeight}px`;
    this.paint();
  }

  private select(index: number): void {
    const item = this.items[index];
    if (item === undefined) return;
    this.selected = index;
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight) this.element.scrollTop = top + this.rowHeight - clientHeight;
    this.paint();
    this.onselect(item);
  }

  private key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.items.length, End: this.items.length }[event.key];
    if (step === undefined || this.items.length === 0) return;
    event.preventDefault();
    this.select(Math.min(this.items.length - 1, Math.max(0, this.selected + step)));
  }

  private paint(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / this.rowHeight) - overscan);
    const last = Math.min(this.items.length, Math.ceil((this.element.scrollTop + this.element.clientHeight) / this.rowHeight) + overscan);
    const rows: HTMLElement[] = [];
    for (let index = first; index < last; index += 1) {
      const row = h(
        'div',
        {
          id: `${this.element.id}-${index}`,
          class: 'row',
          role: 'option',
          'aria-selected': String(index === this.selected),
          'aria-setsize': this.items.length,
          'aria-posinset': index + 1,
          onclick: () => this.select(index),
        },
        ...this.draw(this.items[index] as T),
      );
      row.style.top = `${index * this.rowHeight}px`;
      rows.push(row);
    }
    this.rows.replaceChildren(...rows);
    if (this.selected >= first && this.selected < last) {
      this.element.setAttribute('aria-activedescendant', `${this.element.id}-${this.selected}`);
    } else {
      this.element.removeAttribute('aria-activedescendant');
    }
  }
}
