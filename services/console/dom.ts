/** Elements from data. Text goes in as text: what players call themselves is never read as markup. */
type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | boolean | null>>;

export type Tone = 'good' | 'warn' | 'bad' | 'muted';

export function h(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function pill(tone: Tone, text: string, attributes: Attributes = {}): HTMLElement {
  return h(
    'span',
    { class: 'pill', 'data-tone': tone, ...attributes },
    h('i', { 'aria-hidden': 'true' }),
    text,
  );
}

export function table(columns: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  const head = h('tr', {}, ...columns.map((name) => h('th', { scope: 'col' }, name)));
  const body = rows.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, cell))));
  return h('table', {}, columns.length === 0 ? null : h('thead', {}, head), h('tbody', {}, ...body));
}

/** The page's own elements are there, or the page is broken: then it says so at once. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${type.name} #${id} on the page`);
  return element;
}

/** A pill's text and tone: the colour never says anything that the text does not. */
export function setPill(pill: HTMLElement, tone: Tone, text: string): void {
  pill.dataset.tone = tone;
  const label = pill.querySelector('span');
  // Untouched where nothing changed, so that a screen reader does not read it again.
  if (label !== null && label.textContent !== text) label.textContent = text;
}

/**
 * Sections that are as they were stay where they are; the others are drawn anew, and whoever was reading or working in
 * them keeps their place: what has a `data-key` keeps its focus and how far it was scrolled.
 */
export function redraw(place: HTMLElement, sections: readonly HTMLElement[]): void {
  const keyed = (): HTMLElement[] => [...place.querySelectorAll<HTMLElement>('[data-key]')];
  const before = new Map(keyed().map(({ dataset, scrollTop }) => [dataset.key, scrollTop]));
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && place.contains(active) ? active.dataset.key : undefined;
  const drawn = [...place.children];
  sections.forEach((section, index) => {
    const was = drawn[index];
    if (was === undefined) place.append(section);
    else if (!was.isEqualNode(section)) was.replaceWith(section);
  });
  for (const left of drawn.slice(sections.length)) left.remove();
  for (const element of keyed()) {
    const scrolled = before.get(element.dataset.key);
    if (scrolled !== undefined && element.scrollTop !== scrolled) element.scrollTop = scrolled;
    if (focused === element.dataset.key && element !== document.activeElement)
      element.focus({ preventScroll: true });
  }
}
