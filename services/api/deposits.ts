/**
 * Routes of a user's deposit. A player reaches their own as `me`; an operator names the user, under a prefix of its own
 * (`/operator/deposits/:userId`), since a user may be called "me".
 */
import * as z from 'zod';
import { depositName } from '../../durable-objects/names.ts';
import type { Answer, Caller, DepositObject } from '../../durable-objects/wire/objects.ts';
import {
  depositRequest,
  hash32Text,
  resolveDepositRequest,
  signRequest,
  takeBackTransferRequest,
  userIdText,
  withdrawRequest,
} from '../../durable-objects/wire/requests.ts';
import { check, readJson } from './body.ts';
import { answered, type Call, callerOf, operatorOf, type Route } from './call.ts';
import { pageOf, queryOf, wholeText } from './paging.ts';
import { jsonAnswer, Refused } from './problem.ts';

const ME = '/api/v1/deposits/me';
const NAMED = '/api/v1/operator/deposits/:userId';
/** Position of `:userId` in the parts of that path. */
const USER_PART = NAMED.split('/').indexOf(':userId');

export const depositRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/deposits',
    handle: (call) => act(call, depositRequest, (own, caller, request) => own.deposit(caller, request)),
  },
  {
    method: 'POST',
    path: '/api/v1/withdrawals',
    handle: (call) => act(call, withdrawRequest, (own, caller, request) => own.withdraw(caller, request)),
  },
  {
    method: 'POST',
    path: `${ME}/sign`,
    handle: (call) => act(call, signRequest, (own, caller, request) => own.sign(caller, request)),
  },
  { method: 'GET', path: ME, handle: async (call) => view(await mine(call)) },
  { method: 'GET', path: `${ME}/statement`, handle: async (call) => statement(call, await mine(call)) },
  { method: 'GET', path: `${ME}/balance`, handle: async (call) => balance(call, await mine(call)) },
  { method: 'GET', path: `${ME}/actions/:action`, handle: async (call) => outcome(call, await mine(call)) },
  { method: 'POST', path: `${ME}/actions/:action/cancel`, handle: takeBack },
  { method: 'GET', path: NAMED, handle: async (call) => view(await named(call)) },
  { method: 'GET', path: `${NAMED}/statement`, handle: async (call) => statement(call, await named(call)) },
  { method: 'GET', path: `${NAMED}/balance`, handle: async (call) => balance(call, await named(call)) },
  {
    method: 'GET',
    path: `${NAMED}/actions/:action`,
    handle: async (call) => outcome(call, await named(call)),
  },
  { method: 'GET', path: `${NAMED}/journal`, handle: async (call) => journal(call, await named(call)) },
  { method: 'GET', path: `${NAMED}/alerts`, handle: async (call) => alerts(await named(call)) },
  { method: 'GET', path: `${NAMED}/reviews`, handle: async (call) => reviews(call, await named(call)) },
  { method: 'POST', path: `${NAMED}/resolve`, handle: resolve },
];

/** The first deposit of a user makes the object, so that none needs to be there yet. */
async function act<T>(
  call: Call,
  schema: z.ZodType<T>,
  apply: (deposit: DepositObject, caller: Caller, request: T) => Promise<Answer>,
): Promise<Response> {
  const caller = await callerOf(call);
  const request = await readJson(call.request, schema);
  return answered(await apply(await depositOf(call, caller.userId), caller, request));
}

async function mine(call: Call): Promise<DepositObject> {
  const { userId } = await callerOf(call);
  return await depositOf(call, userId);
}

/** Codes: `forbidden`, `invalid_request`. */
async function named(call: Call): Promise<DepositObject> {
  await operatorOf(call);
  return await depositOf(call, userIn(call));
}

async function depositOf({ deps }: Call, userId: string): Promise<DepositObject> {
  const authority = await deps.signer.custodyAuthority(userId);
  return deps.peers.deposit(depositName(deps.chain, authority));
}

/** Decoded here, strictly: a router that passes on what it cannot decode would name another user. */
function userIn({ request }: Call): string {
  const encoded = new URL(request.url).pathname.split('/')[USER_PART] ?? '';
  return check(z.object({ userId: userIdText }), { userId: decoded(encoded) }).userId;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** Code: `deposit_unknown`, until a deposit of this user was asked for, or is final on the chain. */
async function viewOf(deposit: DepositObject) {
  const found = await deposit.view();
  if (found === null) throw new Refused('deposit_unknown');
  return found;
}

async function view(deposit: DepositObject): Promise<Response> {
  return jsonAnswer(await viewOf(deposit));
}

async function statement(call: Call, deposit: DepositObject): Promise<Response> {
  const { from, limit } = pageOf(call);
  await viewOf(deposit);
  return jsonAnswer(await deposit.statement(from, limit));
}

/** Code: `entry_not_found`. */
async function balance(call: Call, deposit: DepositObject): Promise<Response> {
  const { seq } = check(z.object({ seq: wholeText }), queryOf(call));
  await viewOf(deposit);
  const balances = await deposit.balanceAt(seq);
  if (balances === null) throw new Refused('entry_not_found');
  return jsonAnswer({ seq, balances });
}

/** Codes: `invalid_request`, `action_not_found`. */
async function outcome(call: Call, deposit: DepositObject): Promise<Response> {
  const found = await deposit.outcome(actionIn(call, -1));
  if (found === null) throw new Refused('action_not_found');
  return jsonAnswer(found);
}

/** Codes: `action_not_found`, `action_ended`, `attempts_outstanding`. */
async function takeBack(call: Call): Promise<Response> {
  const action = actionIn(call, -2);
  return act(call, takeBackTransferRequest, (own, caller, request) => own.takeBack(caller, action, request));
}

/** The hash at that part of the path, counted from its end. */
function actionIn({ request }: Call, part: number): string {
  const hash = new URL(request.url).pathname.split('/').at(part) ?? '';
  return check(z.object({ action: hash32Text }), { action: hash }).action;
}

async function journal(call: Call, deposit: DepositObject): Promise<Response> {
  const { from, limit } = pageOf(call);
  await viewOf(deposit);
  return jsonAnswer(await deposit.journal(from, limit));
}

async function alerts(deposit: DepositObject): Promise<Response> {
  await viewOf(deposit);
  return jsonAnswer(await deposit.alerts());
}

async function reviews(call: Call, deposit: DepositObject): Promise<Response> {
  const { from, limit } = pageOf(call);
  await viewOf(deposit);
  return jsonAnswer(await deposit.reviews(from, limit));
}

async function resolve(call: Call): Promise<Response> {
  const operator = await operatorOf(call);
  const request = await readJson(call.request, resolveDepositRequest);
  const deposit = await depositOf(call, userIn(call));
  await viewOf(deposit);
  return answered(await deposit.resolve(operator, request));
}
