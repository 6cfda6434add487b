// Audits pages as a phone on a slow network sees them: node lighthouse.mjs PLAN.json, which holds
// {base, chromium, visits: [{name, path, cookies: {…}}], rounds}. Prints one JSON line a page: medians of the rounds.
import fs from 'node:fs';
import lighthouse from 'lighthouse';
import puppeteer from 'puppeteer-core';

const plan = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'];
const options = { output: 'json', logLevel: 'error', disableStorageReset: true, maxWaitForLoad: 20000,
  onlyCategories: ['performance', 'accessibility', 'best-practices'] };
const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

for (const visit of plan.visits) {
  const browser = await puppeteer.launch({ executablePath: plan.chromium, args: flags, env: { ...process.env, LANGUAGE: 'zh_CN' } });
  try {
    for (const [name, value] of Object.entries(visit.cookies)) {
      await browser.setCookie({ name, value, domain: 'localhost', path: '/' });
    }
    const page = await browser.newPage();
    const rounds = [];
    for (let round = 0; round < plan.rounds; round += 1) {
      rounds.push((await lighthouse(plan.base + visit.path, options, undefined, page)).lhr);
    }
    const score = (key) => middle(rounds.map((lhr) => Math.round(lhr.categories[key].score * 100)));
    const bytes = (lhr) => lhr.audits['network-requests'].details.items
      .filter((item) => item.resourceType === 'Script').reduce((sum, item) => sum + item.transferSize, 0);
    console.log(JSON.stringify({
      name: visit.name,
      path: new URL(rounds[0].finalDisplayedUrl).pathname,
      performance: score('performance'),
      accessibility: score('accessibility'),
      'best-practices': score('best-practices'),
      shift: middle(rounds.map((lhr) => lhr.audits['cumulative-layout-shift'].numericValue)),
      script: Math.max(...rounds.map(bytes)),
    }));
  } finally {
    await browser.close();
  }
}
