/** Sub-protocol of the live socket (design: section 10): required, so that a later version can tell its clients apart. */
export const LIVE_PROTOCOL = 'money-match.v1';
