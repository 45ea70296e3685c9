export interface GitPerson {
  readonly name: string;
  readonly email: string;
  /** ISO time with the person's own offset, so that the commit's id comes out the same. */
  readonly date: string;
}

/** A commit as GitHub's git-data API takes it. */
export interface GitCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitPerson;
  readonly committer: GitPerson;
  readonly message: string;
}

/** Reads git's own text of a commit. */
export function parseCommit(raw: Buffer): GitCommit {
  const text = raw.toString('utf8');
  const end = text.indexOf('\n\n');
  const headers = text.slice(0, end).split('\n');
  const valueOf = (name: string): string =>
    headers.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? '';
  return {
    tree: valueOf('tree'),
    parents: headers.filter((line) => line.startsWith('parent ')).map((line) => line.slice('parent '.length)),
    author: parsePerson(valueOf('author')),
    committer: parsePerson(valueOf('committer')),
    message: text.slice(end + 2),
  };
}

function parsePerson(line: string): GitPerson {
  const found = /^(.*?) ?<(.*)> (-?\d+) ([+-])(\d{2})(\d{2})$/.exec(line);
  if (!found) throw new Error(`'${line}' names nobody`);
  const [, name = '', email = '', seconds = '0', sign = '+', hours = '00', minutes = '00'] = found;
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const local = new Date(Number(seconds) * 1000 + offsetMs).toISOString().slice(0, 19);
  return { name, email, date: `${local}${sign}${hours}:${minutes}` };
}
