import { connect, createServer } from 'node:net';

/** Forwards each connection to the next of the ports in `PORTS`, as a load balancer for TCP does. */
const ports = (process.env['PORTS'] ?? '').split(',').map(Number);
let connections = 0;

const server = createServer({ noDelay: true }, (client) => {
  const port = ports[connections % ports.length] ?? NaN;
  connections += 1;
  const target = connect({ port, host: '127.0.0.1', noDelay: true });
  for (const [from, to] of [
    [client, target],
    [target, client],
  ] as const) {
    from.pipe(to);
    from.once('close', () => to.destroy());
    from.on('error', () => to.destroy());
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.stdout.write(`The balancer is at http://127.0.0.1:${port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
