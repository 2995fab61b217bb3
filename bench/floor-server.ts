/**
 * What no server on Node can pass: one that reads the body and answers the same bytes to everybody, and where it is
 * given a file keeps each body there first, by a durable commit of SQLite.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';

const [bytes = '500', path] = process.argv.slice(2);
const answer = Buffer.alloc(Number(bytes), 'x');
const store = path === undefined ? undefined : keeper(path);

function keeper(file: string): (text: string) => void {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, body TEXT)');
  const insert = db.prepare('INSERT INTO kept (body) VALUES (?)');
  return (text) => void insert.run(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const server = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    store?.(body);
    response.writeHead(200, { 'content-type': 'text/xml;charset=UTF-8', 'content-length': answer.length });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
