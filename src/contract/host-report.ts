import { z } from 'zod';

/** What a session host says of itself to the gateway every 10 seconds. */
export const HostReport = z.strictObject({
  hostId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  hostname: z.string().max(255),
  pid: z.int().positive(),
  version: z.string().max(50),
  specialties: z.array(z.string().max(60)).max(100),
  slots: z.int().min(1).max(1000),
  used: z.int().min(0),
  /** Ids of the tasks that hold a slot. */
  tasks: z.array(z.string().max(500)).max(1000),
  freeDiskMb: z.int().min(0),
  freeMemoryMb: z.int().min(0),
});
export type HostReport = z.infer<typeof HostReport>;
