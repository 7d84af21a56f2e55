import { readWorkbook } from './county-list/read-workbook.ts';
import { writeZip } from './county-list/zip.ts';
const office='http://schemas.openxmlformats.org/officeDocument/2006/relationships';
function wb(sheet: string, sst=''){ return writeZip(new Map(Object.entries({
 'xl/workbook.xml': `<workbook><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
 'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
 'xl/sharedStrings.xml': `<sst>${sst}</sst>`,
 'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`}).map(([k,v])=>[k,Buffer.from(v)])));}
const col=(n:number)=>{let s='';while(n>0){s=String.fromCharCode(65+(n-1)%26)+s;n=Math.floor((n-1)/26);}return s;};
async function run(name:string, sheet:string, sst=''){ const b=wb(sheet,sst); const t=performance.now(); const r=await readWorkbook(b); console.log(name,(b.length/1e6).toFixed(1)+'MB',(performance.now()-t).toFixed(0)+'ms',r.kind, r.kind==='failed'?r.error.message:r.rows.length,'rss',(process.resourceUsage().maxRSS/1e3).toFixed(0)); return r;}
let s=''; let row=0;
s=''; row=0; while(row<5000){ row++; s+=`<row r="${row}">`; for(let c=1;c<=100;c++) s+=`<c r="${col(c)}${row}"><v>1</v></c>`; s+='</row>'; }
await run('wide 500k', s);
s=''; row=0; while(s.length<24e6){ row++; s+=`<row r="${row}">`; for(let c=1;c<=100;c++) s+=`<c r="${col(c)}${row}"><v>1</v></c>`; s+='</row>'; }
await run('wide', s);
s=''; for(row=1; row<=60000; row+=6){ s+=`<row r="${row}"><c r="CV${row}"><v>1</v></c></row>`; }
await run('sparse', s);
s='<a>'.repeat(8_000_000); await run('deep', s);
s='<row r="1"><c r="A1"><v>'+'&#x41;'.repeat(4_000_000)+'</v></c></row>'; await run('entities', s);
s=''; for (let i=1;i<90;i++) s+=`<row r="${i}"><c r="A${i}" t="inlineStr"><is><t>${'&#x41;'.repeat(43000)}</t></is></c></row>`; await run('long entities', s);
s='<row r="1"><c r="A1" t="inlineStr"><is>'+'<r><t>a</t></r>'.repeat(1_600_000)+'</is></c></row>'; await run('runs', s);
s='<row r="1"><c r="A1" t="s"><v>0</v></c></row>';
await run('sst entities', s, '<si><t>'+'&#x41;'.repeat(4_000_000)+'</t></si>');
await run('sst escapes', s, '<si><t>'+'_x0041_'.repeat(3_400_000)+'</t></si>');
await run('sst runs', s, '<si>'+'<r><t>a</t></r>'.repeat(1_600_000)+'</si>');
await run('sst many', s, '<si><t>a</t></si>'.repeat(1_400_000));
await run('sst attrs', s, '<si '+Array.from({length:1_500_000},(_,i)=>` a${i}="b"`).join('')+'></si>');
await run('sst same attrs', s, '<si '+' a="b"'.repeat(3_000_000)+'></si>');
await run('sst open', s, '<a'.repeat(11_000_000));
await run('sst amp', s, '&'.repeat(23_000_000));
