/** What no server on Node can pass: one that reads the body and answers the same bytes to everybody. */
import { createServer } from 'node:http';

const bytes = Number(process.argv[2] ?? 500);
const body = Buffer.alloc(bytes, 'x');
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/xml;charset=UTF-8', 'content-length': body.length });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
