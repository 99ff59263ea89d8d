// workerd compiles modules at deployment only, never from bytes: a static import is the one way to get one.
import module from './pkg/money_match_core_bg.wasm';

export const coreModule = module;
