// A certificate for MiniStack's TLS port, so that nobody needs openssl. Nobody trusts it either: only the gateway speaks to that port.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Writes a key pair for 127.0.0.1 into the directory; returns the paths of both PEM files. */
export async function writeCertificate(directory: string): Promise<{ certificate: string; key: string }> {
  const altNames = [{ type: 7, ip: '127.0.0.1' } as const, { type: 2, value: 'localhost' } as const];
  const extensions = [{ name: 'subjectAltName', altNames } as const];
  const pems = await generate([{ name: 'commonName', value: 'ministack-local' }], { keySize: 2048, extensions });
  const paths = { certificate: join(directory, 'server.crt'), key: join(directory, 'server.key') };
  await writeFile(paths.certificate, pems.cert);
  await writeFile(paths.key, pems.private, { mode: 0o600 });
  return paths;
}
