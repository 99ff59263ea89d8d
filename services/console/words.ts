/** What the mirror says in codes and figures, in words. Pure, and without a page, so that it can be tested without one. */
import type {
  DepositView,
  MatchView,
  OpenActionView,
  QueueView,
  StatementEntry,
} from '../../durable-objects/wire/views.ts';
import { solText } from './sol.ts';

export const WALLET = 0;
export const PLATFORM = 1;

/** The program's reasons (interface: section 2.2). It takes 5 to 7 too, which mean nothing. */
const REASONS: readonly string[] = [
  "the platform's fault",
  'a player abandoned it',
  'too few players',
  'time ran out',
  'a player did not come back in time',
];

/** `the action has ended: cancelled (action_ended)`. Empty where an answer has nothing to say to people. */
export function answerText(answer: unknown): string {
  const { title, detail, code } = Object(answer);
  const text = [title, detail].filter((part) => typeof part === 'string').join(': ');
  return text === '' || typeof code !== 'string' ? text : `${text} (${code})`;
}

export function reasonText(reason: number): string {
  return REASONS[reason] ?? `reason ${reason}`;
}

export function paymentText(paymentMethod: number): string {
  return paymentMethod === WALLET ? 'WALLET' : 'PLATFORM';
}

/** Minutes and seconds that are left, rounded up: at `0:00` it is over. */
export function countdownText(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Players whose wallet is asked to sign. Whoever may not see the others' actions learns it of their own seat only. */
export function waitingForWallet({ seats, openActions }: MatchView): readonly string[] {
  const offered = new Set(openActions.filter(({ state }) => state === 'offered').map(({ hash }) => hash));
  return seats
    .filter(({ action }) => action !== undefined && offered.has(action))
    .map(({ userId }) => userId);
}

/** What nobody but a person ends. Empty where nothing of it is open, or not for this viewer's eyes. */
export function reviewedKinds(actions: readonly OpenActionView[]): readonly string[] {
  return actions.filter(({ state }) => state === 'review').map(({ kind }) => kind);
}

const WAITS_FOR: Readonly<Record<NonNullable<QueueView['waitsFor']>, string>> = {
  chain: 'for Solana',
  permit: 'for a turn in the replay',
  wallet: 'for a wallet',
  person: 'for a person',
  action: 'for what comes first',
};

/** `3 wait for Solana, 1 under way`. Null where nothing is in the queue. */
export function queueText({ waiting, underWay, waitsFor }: QueueView): string | null {
  const verb = waiting === 1 ? 'waits' : 'wait';
  const parts = [
    ...(waiting === 0
      ? []
      : [[`${waiting} ${verb}`, waitsFor === null ? '' : WAITS_FOR[waitsFor]].join(' ').trim()]),
    ...(underWay === 0 ? [] : [`${underWay} under way`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

/** How many of the stakes are on the chain for good. */
export function seatsText({ seats, maxPlayers }: Pick<MatchView, 'seats' | 'maxPlayers'>): string {
  const final = seats.filter(({ state }) => state === 'final').length;
  return `${seats.length} of ${maxPlayers}${seats.length === 0 ? '' : `, ${final} on the chain`}`;
}

/** Why it is paused says more than that it is. */
export function linkNotice({ notice, pausedFor }: Pick<MatchView, 'notice' | 'pausedFor'>): string | null {
  return pausedFor === null ? (notice?.message ?? null) : `Paused: ${pausedFor}`;
}

/** Why the two figures differ, where they do (H-04). A program that shows less than is at stake is no quirk. */
export function inPlayNote({ derived, onChain }: DepositView['inPlay']): string | null {
  if (onChain === null || onChain === derived) return null;
  const chain = `When last compared, the program said ${solText(onChain)} SOL`;
  return BigInt(onChain) > BigInt(derived)
    ? `${chain}: it never takes off what was lost, and what ended since is still in it.`
    : `${chain}: the newest stake was not there yet, or somebody has to look.`;
}

/** What a person has to look at comes first; then what the chain does to everybody. Null while nothing is wrong. */
export function depositNotice({ money, frozenFor, openActions, notice }: DepositView): string | null {
  if (money === 'frozen') return `Frozen: ${frozenFor ?? 'a person has to look'}`;
  const kinds = reviewedKinds(openActions);
  if (money !== 'review' && kinds.length === 0) return notice?.message ?? null;
  return `Waits for a person: ${kinds.length === 0 ? 'in review' : kinds.join(', ')}`;
}

/** `available −0.1, held +0.1`. The chain's account, their counterpart, is left out. */
export function movedText({ moved }: Pick<StatementEntry, 'moved'>): string {
  return Object.entries(moved)
    .filter(([account, lamports]) => account !== 'chain' && lamports !== '0')
    .map(([account, lamports]) => `${account} ${signedSol(lamports)}`)
    .join(', ');
}

function signedSol(lamports: string): string {
  return lamports.startsWith('-') ? `−${solText(lamports.slice(1))}` : `+${solText(lamports)}`;
}
