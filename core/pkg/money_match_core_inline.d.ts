/** The bytes of money_match_core_bg.wasm. */
export declare const wasmBase64: string;
