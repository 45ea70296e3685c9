import { connect } from 'node:net';

const CONNECT_MS = 1_000;

/** Whether somebody accepts connections on this port of this machine, by IPv4 or IPv6. */
export async function accepts(port: number): Promise<boolean> {
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => canConnect(host, port)));
  return answers.includes(true);
}

async function canConnect(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const refuse = (): void => {
      socket.destroy();
      resolve(false);
    };
    socket.once('connect', () => {
      // closed in good order: a reset would bring down a simple server that was just about to greet
      socket.resume();
      socket.end();
      resolve(true);
    });
    socket.once('timeout', refuse);
    socket.on('error', refuse);
  });
}
