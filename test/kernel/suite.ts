/**
 * The kernel's tests. They know no platform: the same cases run over the object's SQLite in workerd and over
 * node:sqlite, so that what holds in the simulation holds where the money is.
 */
import { describe } from 'vitest';
import { actorCases } from './actor-cases.ts';
import { answerCases } from './answer-cases.ts';
import { commitCases } from './commit-cases.ts';
import { crashCases } from './crash-cases.ts';
import { depositCases } from './deposit-cases.ts';
import { directoryCases } from './directory-cases.ts';
import { isolateCases } from './isolate-cases.ts';
import { matchCases } from './match-cases.ts';
import { outboxCases } from './outbox-cases.ts';
import { portCases } from './port-cases.ts';
import type { WithStorage } from './storage.ts';
import { timerCases } from './timer-cases.ts';
import { versionCases } from './version-cases.ts';
import { workbenchCases } from './workbench-cases.ts';

export function kernelSuite(platform: string, withStorage: WithStorage): void {
  describe(`the kernel on ${platform}`, () => {
    describe('the storage port', () => portCases(withStorage));
    describe('commit', () => commitCases(withStorage));
    describe('answers', () => answerCases(withStorage));
    describe('crash points', () => crashCases(withStorage));
    describe('overlapping isolates', () => isolateCases(withStorage));
    describe('outbox', () => outboxCases(withStorage));
    describe('timers', () => timerCases(withStorage));
    describe('workbench', () => workbenchCases(withStorage));
    describe('snapshots of other releases', () => versionCases(withStorage));
    describe('the real match', () => matchCases(withStorage));
    describe('the real deposit', () => depositCases(withStorage));
    describe('directory tables', () => directoryCases(withStorage));
    describe('actor', () => actorCases(withStorage));
  });
}
