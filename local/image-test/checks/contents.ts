// What is in an image, and what it says of itself.
import { type Check, inContainer } from '../check.ts';
import { configProblems } from '../image-config.ts';
import { type Installed, readSbom, sbomProblems } from '../sbom.ts';

/** Of `lite`, unpacked, its base included. */
const LITE_BYTES = 200e6;
const TOOLS = ['pip', 'pip3', 'gcc', 'cc', 'c++', 'make', 'ld', 'curl', 'wget', 'git'];

const LIST_TOOLS = `
import importlib.util, json, os, sys
tools = json.load(sys.stdin)
folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/opt/venv/bin"]
found = [f"{folder}/{tool}" for folder in folders for tool in tools if os.path.exists(f"{folder}/{tool}")]
print(json.dumps(found + [f"the module {name}" for name in ("pip", "ensurepip") if importlib.util.find_spec(name)]))
`;
const LIST_PARTS = `
import importlib.metadata, json, sys
from pathlib import Path
packages = {}
for paragraph in Path("/var/lib/dpkg/status").read_text().split("\\n\\n"):
    fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
    if fields.get("Status", "").endswith(" installed"):
        packages[fields["Package"]] = fields["Version"]
python = {}
folders = [str(path) for path in Path("/opt").glob("*/*/lib/python*/site-packages")]
for part in importlib.metadata.distributions(path=[*folders, *(path for path in sys.path if "/opt/venv/" in path)]):
    python.setdefault(part.metadata["Name"], set()).add(part.version)
python = {name: ", ".join(sorted(versions)) for name, versions in python.items()}
print(json.dumps({"python": python, "debian": packages}))
`;

export const contents: readonly Check[] = [
  { name: 'format, user, entry point, labels', run: async ({ config }) => configProblems(config) },
  {
    name: 'at most 200 MB',
    target: 'lite',
    run: async ({ config: { Size } }) => (Size <= LITE_BYTES ? [] : [`it has ${Math.round(Size / 1e6)} MB`]),
  },
  {
    name: 'no pip, compiler or curl',
    run: (subject) =>
      inContainer(subject, {}, async (container) => {
        const { stdout, stderr } = await container.execute(['-c', LIST_TOOLS], JSON.stringify(TOOLS));
        if (stdout === '') return [stderr.slice(-500)];
        return (JSON.parse(stdout) as string[]).map((found) => `it has ${found}`);
      }),
  },
  {
    name: 'SBOM names every part',
    run: (subject) =>
      inContainer(subject, {}, async (container) => {
        const parts = await container.execute(['-c', LIST_PARTS]);
        if (parts.status !== 0) return [parts.stderr.slice(-500)];
        return sbomProblems(await readSbom(container), JSON.parse(parts.stdout) as Installed);
      }),
  },
];
