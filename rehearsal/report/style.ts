/** The style sheet of the HTML report, for light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1c2024; --dim: #5b6570; --line: #d9dee3;
  --pass: #12702f; --fail: #b3261e; --skip: #7a5b00; --xray: #a3480a; --honeycomb: #1558b0; --soft: #f4f6f8; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e9ec; --dim: #9aa5b0;
  --line: #2f363d; --pass: #5ed17f; --fail: #ff8a80; --skip: #e5c25a; --xray: #ffa657; --honeycomb: #79b8ff; --soft: #1c2126; } }
* { box-sizing: border-box; }
body { background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; } .dim, small { color: var(--dim); }
.totals { font-size: 1.15rem; font-weight: 600; } .note { border-left: 4px solid var(--skip); padding-left: .75rem; }
.passed { color: var(--pass); } .failed { color: var(--fail); } .not-evaluated { color: var(--skip); }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top; }
th { color: var(--dim); font-weight: 500; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; } h3 small { font-weight: 400; margin-left: .5rem; }
.checks td:first-child { font-weight: 600; white-space: nowrap; width: 3.5rem; } .checks td:nth-child(2) { width: 42%; }
figure { margin: 0 0 1rem; } figcaption { margin-bottom: .25rem; }
code { font: 13px ui-monospace, monospace; }
svg { display: block; height: auto; max-width: 100%; } svg text { fill: var(--dim); font-size: 11px; }
.bar { align-items: center; display: grid; gap: .5rem; grid-template-columns: 15rem 1fr 5rem; }
.track { background: var(--soft); height: 1rem; position: relative; }
.track i { bottom: 0; min-width: 2px; position: absolute; top: 0; }
.X-Ray { background: var(--xray); } .Honeycomb { background: var(--honeycomb); }
.key { display: inline-block; height: .75rem; margin: 0 .3rem 0 .8rem; width: .75rem; }
@media (max-width: 40rem) {
  .bar { gap: 0 .5rem; grid-template-columns: 1fr 4.5rem; } .bar > :first-child { grid-column: 1 / -1; }
  .checks tr { border-bottom: 1px solid var(--line); display: block; padding: .5rem 0; }
  .checks td { border: 0; display: block; padding: 0; width: auto !important; } }
`;
