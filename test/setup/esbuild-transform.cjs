// Jest transformer: esbuild turns TypeScript and ESM-only packages into CommonJS, so that Jest needs no experimental flags.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

const importMeta = {
  'import.meta.url': '__importMetaUrl',
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
};
const prelude = 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;';

module.exports = {
  getCacheKey: (source, filename) =>
    createHash('sha256').update(version).update(prelude).update(filename).update(source).digest('hex'),
  process(source, filename) {
    const { code, map } = transformSync(source, {
      loader: filename.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node22',
      define: importMeta,
      sourcemap: 'external',
      sourcefile: filename,
      sourcesContent: false,
    });
    return { code: `${prelude}${code}`, map };
  },
};
