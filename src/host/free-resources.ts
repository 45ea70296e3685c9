import { statfs } from 'node:fs/promises';

export interface FreeResources {
  readonly diskMb: number;
  readonly memoryMb: number;
}

/** Free disk where the folder is, and memory that may still be taken (a container's limit counts). */
export async function freeResources(folder: string): Promise<FreeResources> {
  const disk = await statfs(folder);
  return {
    diskMb: Math.floor((disk.bavail * disk.bsize) / 1024 / 1024),
    memoryMb: Math.floor(process.availableMemory() / 1024 / 1024),
  };
}
