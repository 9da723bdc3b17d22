// The image's list of parts (CycloneDX), against what is really in the image.
import type { Container } from './container.ts';

export interface Installed {
  /** Python distributions: normalised name -> version, or versions: "1.7.2, 1.8.0". */
  python: Record<string, string>;
  /** Debian packages: name -> version. */
  debian: Record<string, string>;
}

interface Component {
  name?: unknown;
  version?: unknown;
  purl?: unknown;
}

/** The list of parts, as it lies in the image. */
export async function readSbom(container: Container): Promise<string> {
  return (await container.execute(['-c', 'print(open("/opt/sbom.cdx.json").read())'])).stdout;
}

/** Empty where the document is CycloneDX and names exactly what is installed. Its schema was checked when it was built. */
export function sbomProblems(text: string, installed: Installed): string[] {
  let sbom: { bomFormat?: unknown; specVersion?: unknown; components?: Component[] };
  try {
    sbom = JSON.parse(text);
  } catch {
    return ['it is not JSON'];
  }
  if (sbom.bomFormat !== 'CycloneDX' || typeof sbom.specVersion !== 'string') return ['it is not CycloneDX'];
  const components = sbom.components ?? [];
  const named = (prefix: string) => {
    const parts = components.filter(({ purl }) => typeof purl === 'string' && purl.startsWith(prefix));
    const versions = Object.groupBy(parts, ({ name }) => normalised(String(name)));
    return Object.fromEntries(
      Object.entries(versions).map(([name, found = []]) => [
        name,
        found
          .map(({ version }) => version)
          .sort()
          .join(', '),
      ]),
    );
  };
  return [
    ...differences('pkg:pypi/', named('pkg:pypi/'), installed.python),
    ...differences('pkg:deb/', named('pkg:deb/debian/'), installed.debian),
  ];
}

const normalised = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

function differences(kind: string, named: Record<string, string>, found: Record<string, string>): string[] {
  const installed = Object.fromEntries(Object.entries(found).map(([name, version]) => [normalised(name), version]));
  if (Object.keys(installed).length === 0) return [`nothing of ${kind} was found in the image`];
  const missing = Object.entries(installed).filter(([name, version]) => named[name] !== version);
  const surplus = Object.keys(named).filter((name) => !(name in installed));
  return [
    ...missing.map(
      ([name, version]) => `${kind}${name} ${version} is in the image, the list says ${named[name] ?? 'nothing'}`,
    ),
    ...surplus.map((name) => `${kind}${name} is in the list, and not in the image`),
  ];
}
