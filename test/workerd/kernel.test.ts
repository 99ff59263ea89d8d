/** The kernel's tests over the storage of real Durable Objects, each case in an object of its own. */
import { env, runInDurableObject } from 'cloudflare:test';
import { DurableAlarm, DurableSql } from '../../services/host/storage.ts';
import { kernelSuite } from '../kernel/suite.ts';

let objects = 0;

kernelSuite('workerd', (body) => {
  objects += 1;
  const stub = env.BENCHES.getByName(`suite/${objects}`);
  return runInDurableObject(stub, (_, { storage }) =>
    body({
      sql: new DurableSql(storage),
      alarm: new DurableAlarm(storage),
      alarmAt: () => storage.getAlarm(),
    }),
  );
});
