/**
 * Matches that the first release has stored, byte for byte (`match-v1.json`: the tables of one object whose start is on
 * its way, and snapshots from every part of a match): read, served and gone on with by this one (design: section 5).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ActorState } from '../../../durable-objects/kernel/machine-port.ts';
import { matchBehaviour } from '../../../durable-objects/match/behaviour.ts';
import { matchView } from '../../../durable-objects/match/view.ts';
import type { SqlValue } from '../../../durable-objects/ports.ts';
import { initialMatchContext, type MatchContext } from '../../../machines/match/context.ts';
import type { MatchEvent } from '../../../machines/match/events.ts';
import { MATCH_MACHINE } from '../../../machines/match/machine.ts';
import { Bench } from '../../kernel/bench.ts';
import * as make from '../../model/events.ts';
import { Play } from '../../model/play.ts';
import { checkState } from '../../model/state-invariants.ts';
import { NodeAlarm } from '../../support/node-alarm.ts';
import { NodeSql } from '../../support/node-sql.ts';
import { moneyOf, type Next, refusalOf, taken } from './match-probing.ts';

interface Table {
  readonly sql: string;
  readonly rows: readonly { readonly [column: string]: SqlValue }[];
}

// SAFETY: written by that release's own kernel and machine, and never edited.
const golden = JSON.parse(readFileSync(new URL('./match-v1.json', import.meta.url), 'utf8')) as {
  readonly tables: { readonly [table: string]: Table };
  readonly states: { readonly [name: string]: ActorState<MatchContext> };
};

/** The object as it lay there, on a bench of this release. */
function stored(version = 1): { bench: Bench; sql: NodeSql } {
  const sql = new NodeSql();
  const alarm = new NodeAlarm(sql);
  for (const [name, table] of Object.entries(golden.tables)) {
    sql.run(table.sql);
    for (const row of table.rows) {
      const places = Object.keys(row).map(() => '?');
      sql.run(`INSERT INTO ${name} VALUES (${places.join()})`, ...Object.values(row));
    }
  }
  sql.run('UPDATE snapshot SET version = ?', version);
  return { bench: new Bench({ sql, alarm, alarmAt: async () => alarm.at }), sql };
}

function upgraded(name: string): ActorState<MatchContext> {
  const state = golden.states[name];
  if (state === undefined) throw new Error(`no stored match is called ${name}`);
  return matchBehaviour.upgrades.reduce((now, upgrade) => upgrade(now), state);
}

const operator = make.OPERATOR;

describe('a match object of the first release', () => {
  it('is read as it stands, with every field of this release, and nothing is written by looking', async () => {
    const { bench } = stored();
    const before = await bench.dump();
    const { standing, isWritable } = bench.isolateOf(matchBehaviour).kernel;
    expect(isWritable).toBe(true);
    expect(standing).toMatchObject({
      seq: 24,
      value: { money: 'playing', link: 'online' },
      context: {
        cancellation: null,
        absences: [],
        made: { start: 1, end: 0, distribute: 0, refund: 0 },
        facts: { phase: 0, refunded: null },
        seats: [
          { userId: 'ann', payer: 'custody', lapsesAt: null, state: 'final' },
          { userId: 'bob', payer: 'custody', lapsesAt: null, state: 'final' },
        ],
      },
    });
    expect(matchView(standing, { userId: 'ann', role: 'player' })).toMatchObject({ money: 'playing' });
    expect(await bench.dump()).toEqual(before);
  });

  it('goes on as this release: its start lands, it is called off, and its journal hashes on', () => {
    const { bench, sql } = stored();
    const { kernel } = bench.isolateOf(matchBehaviour);
    const start = kernel.standing.context.actions[0]?.hash ?? '';
    const signature = kernel.records.liveAttempt(start)?.signature ?? '';
    const at = bench.clock.now();
    const commit = (event: MatchEvent) => kernel.commit(event, { id: `${event.type}:${event.at}` }).kind;
    expect(commit({ type: 'action.landed', at, hash: start, signature })).toBe('committed');
    expect(sql.all('SELECT machine, version FROM snapshot')).toEqual([
      { machine: MATCH_MACHINE.id, version: MATCH_MACHINE.version },
    ]);
    const final = { ...make.final(kernel.standing.context, start), at, signature };
    expect(commit(final)).toBe('committed');
    expect(commit({ ...make.away({ id: 'bob' }, at), caller: operator })).toBe('committed');
    expect(commit({ ...make.cancel(kernel.standing.context), at })).toBe('committed');
    const again = bench.isolateOf(matchBehaviour).kernel;
    expect(again.standing).toEqual(kernel.standing);
    expect(again.standing.value).toEqual({ money: 'cancelling', link: 'online' });
    expect(again.journal.firstBreak()).toBeNull();
    checkState(again.standing);
  });

  it('that a later release has written is served, refuses for now, and is not touched', async () => {
    const { bench } = stored(MATCH_MACHINE.version + 1);
    const before = await bench.dump();
    const { kernel } = bench.isolateOf(matchBehaviour);
    const state = golden.tables.snapshot?.rows[0];
    expect(kernel.standing.value).toEqual(JSON.parse(String(state?.value)));
    expect(kernel.journal.page(1, 99).entries).toHaveLength(24);
    expect(kernel.isWritable).toBe(false);
    for (const event of [make.pause(), make.resolve(initialMatchContext, 'void'), make.away({ id: 'bob' })])
      expect(kernel.commit(event, { id: event.type, request: {} })).toMatchObject({
        kind: 'refused',
        refusal: { code: 'snapshot_version_unknown', retryable: true },
        answer: { status: 503 },
      });
    kernel.settle(() => void kernel.outbox.lease(bench.clock.now(), 9));
    expect(await bench.dump()).toEqual(before);
  });
});

describe('a match that the first release has stored', () => {
  const names = Object.keys(golden.states);

  it('is upgraded by a pure function to all that this release reads', () => {
    expect(names).toHaveLength(8);
    expect(matchBehaviour.upgrades).toHaveLength(MATCH_MACHINE.version - 1);
    for (const name of names) {
      const before = JSON.stringify(golden.states[name]);
      const state = upgraded(name);
      expect(JSON.stringify(golden.states[name]), name).toBe(before);
      expect(Object.keys(state.context).toSorted(), name).toEqual(
        Object.keys(initialMatchContext).toSorted(),
      );
      checkState(state);
    }
  });

  const cancel: Next = ({ context }) => make.cancel(context);
  const retry: Next = ({ context }) => make.resolve(context, 'retry');
  const endHash = make.end().settlement.end.hash;

  it.each<[string, Next, string]>([
    ['lobby', cancel, 'cancelling'],
    ['funded', () => make.start(), 'playing'],
    ['playing', ({ context }) => make.verdict(context, 'online'), 'playing'],
    ['started', () => make.away(make.BOB), 'playing'],
    ['started', cancel, 'cancelling'],
    ['settling', ({ context }) => make.final(context, endHash), 'settled'],
    ['review', retry, 'playing'],
    ['review', ({ context }) => make.resolve(context, 'void'), 'cancelling'],
    ['paused', () => make.resume(), 'playing'],
    ['settled', ({ context }) => make.verdict(context, 'down'), 'settled'],
  ])('goes on: a %s one takes what comes', (name, next, money) => {
    expect(moneyOf(taken(upgraded(name), next).state)).toBe(money);
  });

  it('is refused nothing that it would have taken before: every action of it lives on to its end', () => {
    for (const name of ['lobby', 'funded', 'playing', 'started', 'paused', 'settling']) {
      const play = new Play();
      play.state = upgraded(name);
      if (play.value.link === 'paused') play.commit(make.resume());
      if (play.context.link.level !== 'online') play.commit(make.verdict(play.context, 'online'));
      for (const { hash, kind, attempts } of play.context.actions.toSorted(
        (one, other) => one.order - other.order,
      )) {
        if (
          kind === 'join' &&
          play.context.seats.some((seat) => seat.hash === hash && seat.state === 'requested')
        )
          expect(play.commit(make.granted(hash)), name).toBe(true);
        if (attempts === 0)
          expect(
            refusalOf(play.state, ({ context }) => make.signed(context, hash)),
            `${name} ${kind}`,
          ).toBeNull();
        if (attempts === 0) play.commit(make.signed(play.context, hash));
        expect(play.commit(make.final(play.context, hash)), `${name} ${kind}`).toBe(true);
      }
      expect(play.context.actions, name).toEqual([]);
    }
  });
});
