/** What changed from one view to the next, in words. */
import type { MatchView } from '../../durable-objects/wire/views.ts';

export interface TimelineEntry {
  readonly at: number;
  readonly text: string;
}

/** Older ones fall off; the journal keeps everything. */
const MAX_ENTRIES = 200;

export class Timeline {
  #entries: readonly TimelineEntry[] = [];

  /** Newest first. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  note(before: MatchView | null, after: MatchView, at: number): void {
    const texts = before === null ? [opening(after)] : changes(before, after);
    const added = texts.map((text) => ({ at, text })).reverse();
    this.#entries = [...added, ...this.#entries].slice(0, MAX_ENTRIES);
  }
}

function opening({ money, link }: MatchView): string {
  return `watching: ${money}, ${link}`;
}

function changes(before: MatchView, after: MatchView): readonly string[] {
  return [
    ...(before.link === after.link ? [] : [`link: ${before.link} → ${after.link}`]),
    ...(before.decidedBy === after.decidedBy ? [] : [`now decided by the ${after.decidedBy}`]),
    ...(before.money === after.money ? [] : [`money: ${before.money} → ${after.money}`]),
    ...seatChanges(before, after),
    ...actionChanges(before, after),
    ...(before.settlement === after.settlement ? [] : ['prizes paid']),
    ...(before.pausedFor === after.pausedFor || after.pausedFor === null
      ? []
      : [`paused: ${after.pausedFor}`]),
  ];
}

function seatChanges(before: MatchView, after: MatchView): readonly string[] {
  const known = new Map(before.seats.map((seat) => [seat.userId, seat.state]));
  const changed = after.seats.filter((seat) => known.get(seat.userId) !== seat.state);
  const freed = before.seats.filter(({ userId }) => !after.seats.some((seat) => seat.userId === userId));
  return [
    ...changed.map(({ userId, state }) => `${userId}: seat ${state}`),
    ...freed.map(({ userId }) => `${userId}: seat freed`),
  ];
}

function actionChanges(before: MatchView, after: MatchView): readonly string[] {
  const known = new Map(before.openActions.map((action) => [action.hash, action.state]));
  const open = new Set(after.openActions.map(({ hash }) => hash));
  return [
    ...after.openActions
      .filter(({ hash, state }) => known.get(hash) !== state)
      .map(({ kind, state }) => `${kind}: ${state}`),
    ...before.openActions.filter(({ hash }) => !open.has(hash)).map(({ kind }) => `${kind}: done`),
  ];
}
