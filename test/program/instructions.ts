/** All instructions of the interface's section 4. */

export * from './build.ts';
export * from './governance.ts';
export * from './matches.ts';
export * from './settlements.ts';
