/** The page's whole style. Quiet, fit for paper, and readable from 320 px on; no font or picture is loaded. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#4c5868;--line:#d5dbe3;--tint:#f4f6f9;--link:#0b5394;--get:#0b5394;--post:#1d6b34;--put:#8a4b00;--delete:#a3201d;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#aab4c2;--line:#3a4452;--tint:#1d242e;--link:#8ab8ea;--get:#8ab8ea;--post:#7fca94;--put:#e3b46e;--delete:#f19a95;--paper:#12171e}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.7 system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-999rem;padding:.5rem 1rem;background:var(--paper)}
.skip:focus{left:0;top:0;z-index:1}
header,footer{padding:1.5rem 1rem;border-bottom:1px solid var(--line)}
footer{border:0;border-top:1px solid var(--line);color:var(--soft)}
header p{margin:.25rem 0;color:var(--soft)}
h1{margin:0;font-size:1.75rem;line-height:1.3}
h2{margin:3rem 0 1rem;padding-bottom:.25rem;border-bottom:1px solid var(--line);font-size:1.4rem}
h3{margin:2rem 0 .5rem;font-size:1.1rem;overflow-wrap:anywhere}
h4{margin:1.25rem 0 .25rem;font-size:1rem}
nav,main{padding:1rem}
nav h2{margin:0 0 .5rem;border:0;font-size:1rem}
nav p{margin:.75rem 0 0;font-weight:600}
nav ul{margin:0;padding:0;list-style:none}
nav li{margin:.25rem 0;line-height:1.5}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
.method{font:600 .8em ui-monospace,Consolas,monospace;letter-spacing:.02em}
h3 .method{margin-right:.35em;padding:.1em .4em;border:1px solid;border-radius:3px}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.delete{color:var(--delete)}
code,pre{font-family:ui-monospace,Consolas,"Noto Sans Mono CJK SC",monospace;font-size:.9em}
code{overflow-wrap:anywhere}
pre{margin:.25rem 0;padding:.75rem 1rem;border:1px solid var(--line);border-radius:4px;background:var(--tint);white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
section.operation{padding-bottom:1rem;border-bottom:1px solid var(--line)}
section.operation:last-child{border:0}
.who{color:var(--soft)}
table{width:100%;margin:.25rem 0;border-collapse:collapse;table-layout:fixed;font-size:.925rem;line-height:1.55}
th,td{padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600}
tbody th{font-weight:400}
.name{width:30%}.type{width:36%}
.status{width:4.5rem}.code{width:32%}
.need{color:var(--delete);font-size:.85em;white-space:nowrap}
summary{cursor:pointer;color:var(--link)}
@media (min-width:64rem){
.frame{display:grid;grid-template-columns:17rem minmax(0,56rem);gap:2rem;justify-content:center}
nav{position:sticky;top:0;max-height:100vh;overflow-y:auto;font-size:.9rem}
header,footer{padding-inline:max(1rem,calc((100% - 75rem)/2 + 1rem))}
}
@media (max-width:40rem){
body{font-size:15px}
table{font-size:.875rem}
.status{width:3.2rem}
}
@media print{
:root{color-scheme:light;--ink:#000;--soft:#333;--line:#999;--tint:#fff;--link:#000;--get:#000;--post:#000;--put:#000;--delete:#000;--paper:#fff}
nav,.skip,details{display:none}
.frame{display:block}
section.operation{break-inside:auto}
h2,h3,h4{break-after:avoid}
tr,pre{break-inside:avoid}
}
`.trim();
