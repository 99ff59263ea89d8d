/** The kernel's tests over node:sqlite, in memory. */
import { kernelSuite } from '../../kernel/suite.ts';
import { NodeAlarm } from '../../support/node-alarm.ts';
import { NodeSql } from '../../support/node-sql.ts';

kernelSuite('node:sqlite', async (body) => {
  const sql = new NodeSql();
  const alarm = new NodeAlarm(sql);
  try {
    await body({ sql, alarm, alarmAt: async () => alarm.at });
  } finally {
    sql.close();
  }
});
