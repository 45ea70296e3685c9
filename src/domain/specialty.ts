/** What a kind of worker is good at: its queue, model, prompt and tools, and how its tasks are recognised. */
export interface Specialty {
  readonly name: string;
  /** Other names for it on the command line and in labels: `api` for backend. */
  readonly aliases: readonly string[];
  /** Words that speak for it in a title or body, lower case. */
  readonly keywords: readonly string[];
  readonly model: string;
  /** Name of the prompt template under prompts/, without extension. */
  readonly prompt: string;
  /** The session's tools. */
  readonly tools: readonly string[];
}

export interface SpecialtyClues {
  readonly labels: readonly string[];
  readonly title: string;
  readonly body: string;
}

/** The specialty with that name or alias. */
export function findSpecialty(specialties: readonly Specialty[], name: string): Specialty | undefined {
  const wanted = name.toLowerCase();
  return specialties.find((one) => one.name === wanted || one.aliases.includes(wanted));
}

/**
 * Chooses by labels first (a label is a person's word), then by keywords: one in the title counts like three in the body.
 * Falls back to `general`, or to the first specialty where there is no `general`.
 */
export function chooseSpecialty(specialties: readonly Specialty[], clues: SpecialtyClues): Specialty {
  const fallback = findSpecialty(specialties, 'general') ?? specialties[0];
  if (!fallback) throw new RangeError('no specialty is configured');
  return byLabel(specialties, clues.labels) ?? byKeywords(specialties, clues) ?? fallback;
}

function byLabel(specialties: readonly Specialty[], labels: readonly string[]): Specialty | undefined {
  for (const label of labels) {
    const plain = label.toLowerCase().replace(/^(area|specialty|team|agent)[:/ -]+/, '');
    const named = findSpecialty(specialties, plain);
    if (named) return named;
  }
  return undefined;
}

function byKeywords(specialties: readonly Specialty[], clues: SpecialtyClues): Specialty | undefined {
  const title = words(clues.title);
  const body = words(clues.body);
  const scores = specialties.map((specialty) => ({ specialty, score: score(specialty, title, body) }));
  const best = scores.toSorted((a, b) => b.score - a.score)[0];
  return best && best.score > 0 ? best.specialty : undefined;
}

/** A word repeated over and over in a long body must not outweigh the title. */
function score(specialty: Specialty, title: readonly string[], body: readonly string[]): number {
  return specialty.keywords.reduce((sum, word) => sum + 3 * count(title, word) + Math.min(3, count(body, word)), 0);
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9+#.]+/g) ?? [];
}

function count(all: readonly string[], word: string): number {
  return all.filter((one) => one === word).length;
}
