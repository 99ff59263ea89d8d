import { wasmBase64 } from './pkg/money_match_core_inline.js';

// The two globals of browsers that are used; the door is checked without their library.
declare const atob: (base64: string) => string;
declare const WebAssembly: { Module: new (bytes: Uint8Array) => object };

/** For browsers and bundlers: no fetch, no loader setting, and every caller stays synchronous. */
export const coreModule = new WebAssembly.Module(
  Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0)),
);
