/** Where alerts go. The durable record is the row of the object that raised it; this is the delivery. */
import type { Alert, AlertsPort } from '../durable-objects/ports.ts';
import { logLine } from './host/log.ts';

/** To the log, for whatever collects it. Signed webhooks are a later part of the mirror. */
export const logAlerts: AlertsPort = {
  async deliver(alert: Alert): Promise<void> {
    const { class: breakClass, entity, severity, message, at } = alert;
    logLine(severity === 'critical' ? 'error' : 'warn', 'alert', {
      class: breakClass,
      entity,
      severity,
      message,
      at,
    });
  },
};
