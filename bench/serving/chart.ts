// The forest's figures as a picture: a bar for each server, on a logarithmic scale, since they are a thousandfold apart.
import { type CellResult, median } from './bars.ts';
import { PEERS } from './peers.ts';
import { round } from './result-tables.ts';

const TITLE = 'Right answers a second: a forest of 100 trees, one row a request, one worker';
const WIDTH = 860;
const LEFT = 290;
const RIGHT = 90;
const BAR = 11;
const GROUP = 34;
const TOP = 64;
const COLORS = { 1: '#9db8d9', 32: '#2f5f98', ours1: '#8fce9f', ours32: '#1f7a3a' };

/** Answers a second with one row, one worker process, at 1 and 32 connections. */
export function chart(results: readonly CellResult[]): string {
  const cells = results.filter(({ model, rows, workers }) => model === 'forest' && rows === 1 && workers === 1);
  const groups = PEERS.flatMap(({ name, title, kind }) => {
    const rate = (connections: number) => {
      const rates = cells.find((cell) => cell.peer === name && cell.connections === connections)?.rounds ?? [];
      return rates.length === 0 ? null : median(rates.map((one) => one.rate));
    };
    const [one, many] = [rate(1), rate(32)];
    return one === null && many === null ? [] : [{ title, isOurs: kind === 'ours', one, many }];
  });
  const most = Math.max(10, ...groups.flatMap(({ one, many }) => [one ?? 0, many ?? 0]));
  const decades = Math.ceil(Math.log10(most));
  const x = (rate: number) => LEFT + ((WIDTH - LEFT - RIGHT) * Math.log10(Math.max(1, rate))) / decades;
  const height = TOP + groups.length * GROUP + 16;
  const lines = Array.from({ length: decades + 1 }, (_, power) => {
    const at = x(10 ** power).toFixed(1);
    return (
      `<line x1="${at}" y1="${TOP - 10}" x2="${at}" y2="${height - 14}" stroke="#dddddd"/>` +
      `<text x="${at}" y="${TOP - 14}" text-anchor="middle" fill="#666666">${(10 ** power).toLocaleString('en-US')}</text>`
    );
  });
  const bars = groups.flatMap(({ title, isOurs, one, many }, index) => {
    const top = TOP + index * GROUP;
    const bar = (rate: number | null, y: number, color: string) =>
      rate === null
        ? []
        : [
            `<rect x="${LEFT}" y="${y}" width="${(x(rate) - LEFT).toFixed(1)}" height="${BAR}" fill="${color}"/>`,
            `<text x="${(x(rate) + 5).toFixed(1)}" y="${y + BAR - 2}" fill="#333333">${round(rate)}</text>`,
          ];
    const weight = isOurs ? ' font-weight="bold"' : '';
    return [
      `<text x="${LEFT - 8}" y="${top + BAR + 4}" text-anchor="end" fill="#111111"${weight}>${escapeXml(title)}</text>`,
      ...bar(one, top, isOurs ? COLORS.ours1 : COLORS[1]),
      ...bar(many, top + BAR + 1, isOurs ? COLORS.ours32 : COLORS[32]),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${TITLE}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="22" font-size="15" fill="#111111">${TITLE}</text>`,
    '<text x="16" y="40" fill="#666666">Above: 1 connection; below: 32. Logarithmic.</text>',
    ...lines,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
