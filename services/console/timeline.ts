/** What changed from one view to the next, in words. */
import type { MatchView } from '../../durable-objects/wire/views.ts';
import { reasonText } from './words.ts';

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
    ...absenceChanges(before, after),
    ...endChanges(before, after),
    ...(before.pausedFor === after.pausedFor || after.pausedFor === null
      ? []
      : [`paused: ${after.pausedFor}`]),
  ];
}

/** A match that is called off has nobody gone any more, which is not to say that they are back. */
function absenceChanges(before: MatchView, after: MatchView): readonly string[] {
  const [old, now] = [before, after].map(({ absent }) => absent.map(({ userId }) => userId));
  const gone = now?.filter((userId) => !old?.includes(userId)) ?? [];
  const back = after.cancellation === null ? (old?.filter((userId) => !now?.includes(userId)) ?? []) : [];
  return [...gone.map((userId) => `${userId}: gone`), ...back.map((userId) => `${userId}: back`)];
}

function endChanges(before: MatchView, after: MatchView): readonly string[] {
  const isCalledOff = before.cancellation === null && after.cancellation !== null;
  const isPaid = before.settlement === null && after.settlement !== null;
  return [
    ...(isCalledOff ? [`called off: ${reasonText(after.cancellation?.reason ?? 0)}`] : []),
    ...(isPaid ? [after.cancellation === null ? 'prizes paid' : 'stakes paid back'] : []),
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
    ...before.openActions.filter(({ hash }) => !open.has(hash)).map(({ kind }) => `${kind}: ended`),
  ];
}
