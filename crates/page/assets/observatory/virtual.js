// A grid of any number of rows of which only those in view exist.

import { framed, h, put } from './dom.js';

const BEYOND = 6;

/**
 * `columns` are {name, label, sort?}; `cells(row)` gives one child for each. `open(row)` is called by
 * Enter and by a click. One row is the active one: arrows, page keys, Home and End move it.
 */
export class Rows {
  constructor({ label, columns, cells, open, className, onsort }) {
    Object.assign(this, { columns, cells, open, rows: [], active: 0, prefix: `r${Rows.count += 1}`, drawn: new Map(), tall: 0 });
    this.header = h('div', { role: 'row', class: 'row head', 'aria-rowindex': 1 },
      columns.map((column) => this.heading(column, onsort)));
    this.body = h('div', { role: 'rowgroup', class: 'rows' });
    this.element = h('div', {
      role: 'grid', class: `grid ${className}`, tabindex: 0, 'aria-label': label, 'aria-colcount': columns.length,
    }, h('div', { role: 'rowgroup', class: 'head-group' }, this.header), this.body);
    this.draw = framed(() => this.render());
    this.element.addEventListener('scroll', this.draw, { passive: true });
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.body.addEventListener('click', (event) => this.click(event));
    new ResizeObserver(() => {
      this.tall = 0;
      this.draw();
    }).observe(this.element);
  }

  heading(column, onsort) {
    const content = column.sort ? h('button', { type: 'button', onclick: () => onsort(column) }, column.label) : column.label;
    return h('div', { role: 'columnheader', class: `cell ${column.name}`, 'data-column': column.name }, content);
  }

  /** Says in the header which column the rows are sorted by. */
  sorted(name, descending) {
    for (const cell of this.header.children) {
      if (cell.dataset.column === name) cell.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
  }

  show(rows) {
    this.rows = rows;
    this.active = Math.min(this.active, Math.max(0, rows.length - 1));
    this.element.setAttribute('aria-rowcount', rows.length + 1);
    // At once: a place far down can be scrolled to only when there is room for it.
    this.body.style.height = `${rows.length * this.height()}px`;
    this.redraw();
  }

  /** Draws every row in view anew: what they say may have changed. */
  redraw() {
    this.drawn.clear();
    this.draw();
  }

  /** Makes a row the active one and brings it into view. */
  go(place, quietly) {
    this.active = Math.max(0, Math.min(place, this.rows.length - 1));
    const { height, room } = this.measure();
    const top = this.active * height;
    if (!quietly || top < this.element.scrollTop || top > this.element.scrollTop + room) {
      const wanted = Math.max(top - room, Math.min(this.element.scrollTop, top));
      this.element.scrollTop = quietly ? Math.max(0, top - room / 2) : wanted;
    }
    this.draw();
  }

  /** How tall a row is, and how much of the grid is free for rows but one. Asked once for each size. */
  measure() {
    if (this.tall === 0) {
      this.tall = this.element.clientHeight;
      this.tallRow = parseFloat(getComputedStyle(this.element).getPropertyValue('--row')) || 32;
      this.tallHead = this.header.offsetHeight;
    }
    return { height: this.tallRow, room: this.tall - this.tallHead - this.tallRow };
  }

  height() {
    return this.measure().height;
  }

  render() {
    const height = this.height();
    const [top, view] = [this.element.scrollTop, this.tall];
    const first = Math.max(0, Math.floor(top / height) - BEYOND);
    const last = Math.min(this.rows.length, Math.ceil((top + view) / height) + BEYOND);
    const [before, shown] = [this.drawn, new Map()];
    for (let place = first; place < last; place += 1) {
      const row = before.get(place) ?? this.row(place, height);
      this.mark(row, place === this.active);
      shown.set(place, row);
    }
    this.drawn = shown;
    // Rows that stay are not touched: only those that come and go cost anything.
    for (const row of [...this.body.children]) if (shown.get(Number(row.dataset.place)) !== row) row.remove();
    let next = this.body.firstChild;
    for (const row of shown.values()) {
      if (row === next) next = next.nextSibling;
      else this.body.insertBefore(row, next);
    }
    if (this.active >= first && this.active < last) this.element.setAttribute('aria-activedescendant', `${this.prefix}-${this.active}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  row(place, height) {
    const row = h('div', {
      role: 'row', id: `${this.prefix}-${place}`, class: 'row', 'aria-rowindex': place + 2, 'aria-selected': 'false', 'data-place': place,
    }, this.cells(this.rows[place], place).map((cell, column) =>
      h('div', { role: 'gridcell', class: `cell ${this.columns[column].name}` }, cell)));
    row.style.top = `${place * height}px`;
    return row;
  }

  mark(row, active) {
    if (row.classList.contains('active') === active) return;
    row.classList.toggle('active', active);
    row.setAttribute('aria-selected', String(active));
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.height()) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.target !== this.element) return;
    if (event.key in steps) this.go(this.active + steps[event.key]);
    else if (event.key === 'Enter' && this.rows.length > 0) this.open(this.rows[this.active]);
    else return;
    event.preventDefault();
  }

  click(event) {
    const row = event.target.closest('[data-place]');
    if (!row || event.target.closest('a, button')) return;
    this.go(Number(row.dataset.place), true);
    this.open(this.rows[this.active]);
  }
}

Rows.count = 0;
