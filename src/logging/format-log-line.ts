const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Turns a JSON log record into one line for people: `16:20:31 warn coordinator: host not heard hostId=a silentMs=30000`. */
export function formatLogLine(json: string): string {
  const { level, time, name, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`);
  const word = LEVELS[Number(level)] ?? String(level);
  return `${[clock, word, `${String(name)}:`, shownMessage(msg), ...rest].join(' ')}\n`;
}

function shownMessage(message: unknown): string {
  return typeof message === 'string' ? message : '';
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // escape sequences of a stranger must not reach a terminal
  return /^[\w@:/.,#+-]+$/.test(text) ? text : JSON.stringify(text);
}
