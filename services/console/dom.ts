/** Elements from data. Text goes in as text: what players call themselves is never read as markup. */
type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | boolean | null>>;

export function h(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The page's own elements are there, or the page is broken: then it says so at once. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${type.name} #${id} on the page`);
  return element;
}

/** A pill's text and tone: the colour never says anything that the text does not. */
export function setPill(pill: HTMLElement, tone: 'good' | 'warn' | 'bad' | 'muted', text: string): void {
  pill.dataset.tone = tone;
  const label = pill.querySelector('span');
  // Untouched where nothing changed, so that a screen reader does not read it again.
  if (label !== null && label.textContent !== text) label.textContent = text;
}
