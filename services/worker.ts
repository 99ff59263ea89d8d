/** The entry: what the platform calls, and the classes that it hosts. */
import type { Env } from './host/env.ts';
import { serve, tick } from './host/wiring.ts';

export { UserDepositDO } from './host/deposit-host.ts';
export { DirectoryDO } from './host/directory-host.ts';
export { SolanaHealthMonitorDO } from './host/health-host.ts';
export { MoneyMatchStateDO } from './host/match-host.ts';

export default {
  fetch: (request, env) => serve(request, env),
  scheduled: (controller, env) => tick(controller.scheduledTime, env),
} satisfies ExportedHandler<Env>;
