import { InvalidArgumentError } from 'commander';

/** A whole number from 1 upwards. */
export function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a whole number from 1 upwards.');
  }
  return value;
}

/** An amount of dollars, with or without the sign. */
export function parseDollars(text: string): number {
  const value = Number(text.replace(/^\$/, ''));
  if (!/^\$?\d+(\.\d+)?$/.test(text) || value <= 0 || value > 10_000) {
    throw new InvalidArgumentError('It must be an amount of dollars above 0 and up to 10000, such as 2.50.');
  }
  return value;
}

/** 1 (first) to 5 (last). */
export function parsePriority(text: string): number {
  if (!/^[1-5]$/.test(text)) throw new InvalidArgumentError('It must be 1 (first) to 5 (last).');
  return Number(text);
}

/** Words separated by commas. */
export function parseList(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  const found = items.filter((item) => item !== '');
  if (found.length === 0) throw new InvalidArgumentError('It must be one name or several, separated by commas.');
  return found;
}
