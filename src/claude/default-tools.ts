/** The tools that sessions get where the configuration gives none. */
export { SESSION_TOOLS as DEFAULT_TOOLS } from '../domain/session-tools.ts';
