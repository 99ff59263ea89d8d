/** Where the local chain may answer otherwise than Surfpool 1.5.0, and why. Whatever else differs fails the test. */

import type { Allowed } from './compare.ts';

const ITS_OWN_VERSION = 'each names the release of Agave that it is built on, and itself';
const RENT_EPOCH = 'Solana writes 2^64-1 for an account exempt from rent; Surfpool creates accounts with 0';
const EMPTY_RETURN = 'Solana leaves empty return data out; Surfpool writes it';
const LOGS_IN_MESSAGE =
  "Solana's message ends with the error (web3.js adds the log); Surfpool repeats the log in it";
const WORDING = 'same code, other words: clients go by the code';
const DUPLICATE =
  'Solana answers a known transaction with a simulation result, err AlreadyProcessed; Surfpool with a bare message';

export const ALLOWED: readonly Allowed[] = [
  { question: '*', path: '.result.context.apiVersion', reason: ITS_OWN_VERSION },
  { question: 'version', path: '.result', reason: ITS_OWN_VERSION },
  {
    question: 'epoch info',
    path: '.result.epoch',
    reason: "the slots start at LiteSVM's first one, in epoch 1036",
  },

  { question: '*', path: '.result.value.rentEpoch', reason: RENT_EPOCH },
  { question: '*', path: '.result.value[].rentEpoch', reason: RENT_EPOCH },
  { question: '*', path: '.result[].account.rentEpoch', reason: RENT_EPOCH },

  { question: '*', path: '.result.meta.returnData', reason: EMPTY_RETURN },
  { question: '*', path: '.result.value.returnData', reason: EMPTY_RETURN },
  { question: '*', path: '.error.data.returnData', reason: EMPTY_RETURN },
  {
    question: 'simulation of a memo',
    path: '.result.value.loadedAccountsDataSize',
    reason: 'LiteSVM does not tell how much account data a transaction loads',
  },

  { question: 'refused transfer', path: '.error.message', reason: LOGS_IN_MESSAGE },
  { question: 'dust that leaves an account below rent', path: '.error.message', reason: LOGS_IN_MESSAGE },
  { question: 'second join refused by the program', path: '.error.message', reason: LOGS_IN_MESSAGE },

  { question: 'transfer sent again', path: '.error.message', reason: DUPLICATE },
  { question: 'transfer sent again', path: '.error.data', reason: DUPLICATE },
  {
    question: 'transfer sent again without preflight',
    path: '',
    reason:
      'without preflight a Solana node forwards what it gets and answers with the signature; Surfpool checks',
  },
  {
    question: 'forged signature',
    path: '.error',
    reason: 'Solana has a code of its own for it, -32003; Surfpool answers -32002',
  },

  { question: 'missing parameter', path: '.error.message', reason: WORDING },
  { question: 'bad address', path: '.error', reason: WORDING },
  { question: 'bad signature', path: '.error', reason: WORDING },
  { question: 'bytes that are no transaction', path: '.error.message', reason: WORDING },
  { question: 'text that is no base64', path: '.error.message', reason: WORDING },
  { question: 'too many accounts', path: '', reason: 'Solana allows 100; Surfpool has no limit' },
  { question: 'too many signatures', path: '', reason: 'Solana allows 256; Surfpool has no limit' },
];
