import getPort from 'get-port';

export interface ServerPorts {
  readonly frontend: number;
  readonly ui: number;
}

const UI_OFFSET = 1000;
const HOST = '127.0.0.1';

/** The first wished port that is free together with the one 1000 above it (as the Temporal tools expect), else two free ones. */
export async function choosePorts(wished: readonly number[]): Promise<ServerPorts> {
  for (const frontend of wished) {
    const ui = frontend + UI_OFFSET;
    if (ui > 65_535) continue;
    if ((await isFree(frontend)) && (await isFree(ui))) return { frontend, ui };
  }
  return { frontend: await getPort({ host: HOST }), ui: await getPort({ host: HOST }) };
}

async function isFree(port: number): Promise<boolean> {
  return (await getPort({ port, host: HOST })) === port;
}
