const LIGHT =
  '--bg:#fff;--fg:#171b22;--soft:#565f6d;--line:#e2e5ea;--card:#f5f6f8;--pass:#14713d;--fail:#b3231b;--skipped:#7d5200;--base:#7c8798;--system:#a66a10;--dependencies:#2e63c4;--app:#0b7f63'
const DARK =
  '--bg:#101318;--fg:#e7eaef;--soft:#a0a9b6;--line:#2a303a;--card:#191e26;--pass:#5fd08e;--fail:#ff8b80;--skipped:#e2b457;--base:#8691a3;--system:#d6993d;--dependencies:#6c9bf0;--app:#3fc4a0'

/** On paper always light, whatever the screen is. */
export const CSS = `
:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:clamp(1.25rem,5vw,4rem) clamp(1rem,4vw,2rem);background:var(--bg);color:var(--fg);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1,h2,p,dl,dd,ol,ul,pre{margin:0;padding:0}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.02em}
h2{font-size:1.125rem;margin:0 0 1rem}
small,.soft,dt,th,.time,footer,.layers span{color:var(--soft);font-weight:400;font-size:.875rem}
section{margin-top:3rem}
.verdict{margin:1rem 0 .75rem}
.verdict b{display:inline-block;margin-right:.5rem;padding:.125rem .75rem;border:1px solid;border-radius:2rem}
.pass{color:var(--pass);fill:var(--pass)}.fail{color:var(--fail);fill:var(--fail)}.skipped{color:var(--skipped);fill:var(--skipped)}
.verdict span{color:var(--fg)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:1px;margin-top:2rem;border:1px solid var(--line);border-radius:.5rem;overflow:hidden}
.figures div{padding:.75rem 1rem;box-shadow:0 0 0 1px var(--line)}
.figures dd{font-size:1.375rem;font-variant-numeric:tabular-nums;line-height:1.3}
.figures small{display:block}
svg{display:block;overflow:visible}
.base{fill:var(--base)}.system{fill:var(--system)}.dependencies{fill:var(--dependencies)}.app{fill:var(--app)}.track{fill:var(--card)}
g rect{stroke:var(--bg)}line{stroke:var(--fg);stroke-width:2}text{fill:var(--fg);font-size:.8125rem}
.key{display:inline-block;margin-right:.5rem}
table{width:100%;margin:.75rem 0;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.375rem 0;border-bottom:1px solid var(--line);text-align:right}
th:first-child{text-align:left}tbody th{color:var(--fg);font-size:1rem}
ol,ul{list-style:none}
.steps>li{border-top:1px solid var(--line)}
.row{display:grid;grid-template-columns:6.75rem 11.5rem 1fr 3.5rem;gap:0 1rem;padding:.625rem 0}
.s{font-size:.875rem;line-height:1.7}
.time{text-align:right;font-variant-numeric:tabular-nums;line-height:1.7}
summary{cursor:pointer}
.steps summary{display:block}.steps summary .s::after{content:" ▸"/""}.steps [open]>summary .s::after{content:" ▾"/""}
summary:focus-visible{outline:2px solid var(--dependencies);outline-offset:2px}
.more{display:grid;gap:.75rem;padding:0 0 1.25rem}
.more ul{padding-left:1.25rem;list-style:disc}
.cause{display:grid;grid-template-columns:3rem 1fr;gap:.5rem;padding:.75rem 1rem;border-left:3px solid var(--fail);background:var(--card)}
code,pre{font:.8125rem/1.6 ui-monospace,Menlo,Consolas,monospace}
pre{padding:.75rem 1rem;border-radius:.375rem;background:var(--card);white-space:pre-wrap;unicode-bidi:plaintext}
.layers li{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.375rem 0}.layers span{flex:0 0 11.5rem}.layers code{flex:1 1 18rem}
.bars li{display:grid;grid-template-columns:11.5rem 1fr 3.5rem;gap:1rem;align-items:center;padding:.1875rem 0}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line)}
@media(max-width:44rem){.row{grid-template-columns:1fr auto;gap:.125rem 1rem}.row strong{grid-column:1/-1;grid-row:2}.evidence{grid-column:1/-1;grid-row:3}.row .time{grid-column:2}.bars li{gap:.5rem;grid-template-columns:6.5rem 1fr 3.5rem}.bars,.bars .time{font-size:.8125rem}}
@media print{body{max-width:none;padding:0}*{print-color-adjust:exact}li,section>svg,table{break-inside:avoid}details::details-content{content-visibility:visible;display:block}}
`
