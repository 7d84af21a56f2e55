/**
 * A park or management zone. It has no code of its own in GB/T 2260, so it has an id of ours and the division in whose
 * statistics it counts. An enterprise is registered in a division *and* managed by a park, and the two may differ.
 */
export type Park = {
  id: string;
  name: string;
  /** The division (GB/T 2260, or the statistics code of the high-tech zone) it is reported under. */
  divisionCode: string;
  /** `example`: a made-up name for a real kind of park; it says so in the name and must not be shown as official. */
  evidence: 'official' | 'example';
};

/** The city's parks, city-level ones first. */
export const parks: readonly Park[] = [
  { id: 'XY-ZONE-GXQ', name: '信阳高新技术产业开发区', divisionCode: '411571', evidence: 'official' },
  { id: 'XY-ZONE-YDN', name: '豫东南高新技术产业开发区', divisionCode: '411500', evidence: 'official' },
  { id: 'XY-ZONE-XYCY', name: '信阳产业集聚区', divisionCode: '411500', evidence: 'official' },
  { id: 'XY-ZONE-YSQY', name: '羊山新区', divisionCode: '411502', evidence: 'official' },
  { id: 'XY-ZONE-NWH', name: '南湾湖风景区', divisionCode: '411502', evidence: 'official' },
  { id: 'XY-ZONE-JGS', name: '鸡公山管理区', divisionCode: '411502', evidence: 'official' },
  { id: 'XY-ZONE-SHXJ', name: '浉河区先进制造业开发区（示例）', divisionCode: '411502', evidence: 'example' },
  { id: 'XY-ZONE-PQCY', name: '平桥产业集聚区', divisionCode: '411503', evidence: 'official' },
  { id: 'XY-ZONE-JJXZ', name: '信阳国际家居产业小镇', divisionCode: '411503', evidence: 'official' },
  { id: 'XY-ZONE-STT', name: '上天梯非金属矿管理区', divisionCode: '411503', evidence: 'official' },
  { id: 'XY-ZONE-MG', name: '明港工业管理区', divisionCode: '411503', evidence: 'official' },
  { id: 'XY-ZONE-BHFJ', name: '北湖风景管理区', divisionCode: '411503', evidence: 'official' },
  { id: 'XY-ZONE-LSXJ', name: '罗山县先进制造业开发区（示例）', divisionCode: '411521', evidence: 'example' },
  { id: 'XY-ZONE-GSXJ', name: '光山县先进制造业开发区（示例）', divisionCode: '411522', evidence: 'example' },
  { id: 'XY-ZONE-XXXJ', name: '新县先进制造业开发区（示例）', divisionCode: '411523', evidence: 'example' },
  { id: 'XY-ZONE-SCXJ', name: '商城县先进制造业开发区（示例）', divisionCode: '411524', evidence: 'example' },
  { id: 'XY-ZONE-GUXJ', name: '固始县先进制造业开发区（示例）', divisionCode: '411525', evidence: 'example' },
  { id: 'XY-ZONE-HCJK', name: '潢川经济技术开发区', divisionCode: '411526', evidence: 'official' },
  { id: 'XY-ZONE-HBXJ', name: '淮滨县先进制造业开发区（示例）', divisionCode: '411527', evidence: 'example' },
  { id: 'XY-ZONE-XIXJ', name: '息县先进制造业开发区（示例）', divisionCode: '411528', evidence: 'example' },
];

const byId = new Map(parks.map((park) => [park.id, park]));

/** The park of that id, if the table has it. */
export function parkOf(id: string): Park | undefined {
  return byId.get(id);
}
